import { withCategoryDefaults } from '../../domain/classification/category-defaults.ts'
import {
  type ChangeFacts,
  type ChangeStep,
  stepsOfChange,
} from '../../domain/tickets/change-steps.ts'
import type { TicketChange } from '../../domain/tickets/contract.ts'
import { categoryRef } from '../classification/category-ref.ts'
import { wantedApprovals } from '../../application/approvals/ticket-rules.ts'
import { tasksOfCategory } from '../tasks/task-templates.ts'
import { openBlockersFor } from './blockers.ts'
import { authorisedLocation } from '../locations/location-access.ts'
import { defaultsAround } from '../classification/category-defaults.ts'
import { requiredFieldsFor } from '../classification/required-fields.ts'
import { resolutionChosen } from '../classification/resolution-list.ts'
import { workerOf } from '../access/worker.ts'
import type { SignedInUser } from '../access/sessions.ts'
import type { AuthorisedTicket } from '../access/ticket-access.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { departmentRef } from '../people/department-ref.ts'

/**
 * The commands that a change comes to, done all or none: also the tasks that come with its category,
 * and the approvals that rules want of it. Everything named in it is looked up first.
 * @param ticket as it is now.
 * @throws ProblemError 422 that names the field; NobodyToAskError.
 */
export async function stepsOf(
  db: Database,
  user: SignedInUser,
  ticket: PresentTicket,
  change: TicketChange,
): Promise<ChangeStep[]> {
  const around = change.categoryId ? await defaultsAround(db, change.categoryId) : []
  const whole = withCategoryDefaults(change, around, ticket)
  return stepsOfChange(whole, await factsOf(db, user, ticket, whole))
}

type PresentTicket = Pick<
  AuthorisedTicket,
  'number' | 'status' | 'departmentId' | 'categoryId' | 'resolution' | 'locationId'
>

async function factsOf(
  db: Database,
  user: SignedInUser,
  ticket: PresentTicket,
  { status, ownerId, categoryId, resolution, departmentId, locationId }: TicketChange,
): Promise<ChangeFacts> {
  const { number } = ticket
  const placed = {
    number,
    departmentId: departmentId ?? ticket.departmentId,
    categoryId: categoryId === undefined ? ticket.categoryId : categoryId,
    locationId: locationId === undefined ? ticket.locationId : locationId,
  }
  const department = departmentId === undefined ? undefined : await departmentRef(db, departmentId)
  const location =
    locationId === undefined
      ? undefined
      : await authorisedLocation(db, user, locationId, '/locationId')
  const category = await named(categoryId, (id) => categoryRef(db, id))
  const isPlaced = categoryId !== undefined || departmentId !== undefined
  return {
    department,
    location,
    category,
    tasks:
      category && ticket.status !== 'closed' ? await tasksOfCategory(db, placed, category.id) : [],
    approvals: isPlaced
      ? (await wantedApprovals(db, number, { categoryId, departmentId })).map(
          ({ payload }) => payload,
        )
      : [],
    owner: await named(ownerId, (id) => workerOf(db, id, placed, '/ownerId')),
    resolution:
      resolution === undefined
        ? undefined
        : await resolutionChosen(db, resolution, ticket.resolution),
    ending: {
      ...(await requiredFieldsFor(db, placed, status)),
      ...(await openBlockersFor(db, user, number, status)),
    },
  }
}

/** What an id stands for; null takes it away, and undefined leaves it. */
const named = async <T>(
  id: string | null | undefined,
  find: (id: string) => Promise<T>,
): Promise<T | null | undefined> => (id === null || id === undefined ? id : find(id))
