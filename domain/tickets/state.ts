import type { FieldValue } from '../classification/custom-fields.ts'
import type { CustomNames } from '../classification/custom-names.ts'
import type { Weight } from '../classification/priority-matrix.ts'
import type {
  CategoryRef,
  DepartmentRef,
  LinkKind,
  Person,
  Priority,
  Requester,
  Resolution,
  TicketStatus,
} from '../vocabulary.ts'

/** The ticket itself: its properties, and the people and tickets around it. */
export interface PropertyState {
  opened: boolean
  subject: string
  /** An agent has given it: no mail changes it any more. */
  subjectChosen?: true
  status: TicketStatus
  priority: Priority
  department: DepartmentRef
  requester: Requester
  owner: Person | null
  category: CategoryRef | null
  resolution: Resolution | null
  /**
   * What the resolution was called when it was set, where admins had a name of their own for it.
   */
  resolutionNames?: CustomNames | undefined
  impact: Weight | null
  urgency: Weight | null
  tags: string[]
  fields: Record<string, FieldValue>
  watchers: Person[]
  links: { number: number; kind: LinkKind }[]
  openedAt: string
  solvedAt: string | null
  closedAt: string | null
}

export const noPropertyState = (): PropertyState => ({
  opened: false,
  subject: '',
  status: 'new',
  priority: 'normal',
  department: { id: '', name: '' },
  requester: { email: '', name: '' },
  owner: null,
  category: null,
  resolution: null,
  impact: null,
  urgency: null,
  tags: [],
  fields: {},
  watchers: [],
  links: [],
  openedAt: '',
  solvedAt: null,
  closedAt: null,
})
