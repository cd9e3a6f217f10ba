import type { Role } from './vocabulary.ts'

/** The one place that decides who may do what. */
export type Right =
  | 'ticket.read'
  | 'ticket.work'
  | 'ticket.all-departments'
  | 'approval.decide'
  | 'equipment.manage'
  | 'settings.manage'
  | 'people.manage'
  | 'quarantine.manage'
  | 'outbox.read'
  | 'token.create'

const rightsOf: Record<Role, readonly Right[]> = {
  admin: [
    'ticket.read',
    'ticket.work',
    'ticket.all-departments',
    'approval.decide',
    'equipment.manage',
    'settings.manage',
    'people.manage',
    'quarantine.manage',
    'outbox.read',
    'token.create',
  ],
  agent: [
    'ticket.read',
    'ticket.work',
    'approval.decide',
    'equipment.manage',
    'outbox.read',
    'token.create',
  ],
  approver: ['approval.decide'],
}

export interface Subject {
  role: Role
  departmentIds: readonly string[]
  /** The places that the person is limited to, with everything in them; null: no limit. */
  placeIds: readonly string[] | null
}

/** @returns every right of a role. */
export const rights = (role: Role): readonly Right[] => rightsOf[role]

/**
 * May this person do this, here?
 * @param departmentId the department of the ticket in question; leave out for what belongs to no
 *   department. An approver of any department may be asked.
 */
export function may(subject: Subject, right: Right, departmentId?: string): boolean {
  const granted = rightsOf[subject.role]
  if (!granted.includes(right)) return false
  if (
    departmentId === undefined ||
    right === 'approval.decide' ||
    granted.includes('ticket.all-departments')
  )
    return true
  return subject.departmentIds.includes(departmentId)
}

/**
 * Does the person see what is at this place? Whoever sees all departments sees all places; who is
 * limited to places does not see what has none.
 * @param placeId of a ticket, an asset, a document.
 */
export function seesPlace(subject: Subject, placeId: string | null): boolean {
  const limit = visiblePlaces(subject)
  return limit === null || (placeId !== null && limit.includes(placeId))
}

/** The places a list is limited to; null: not limited. */
export const visiblePlaces = (subject: Subject): readonly string[] | null =>
  rightsOf[subject.role].includes('ticket.all-departments') ? null : subject.placeIds

/** The departments a list is limited to; null: not limited. */
export const visibleDepartments = (subject: Subject): readonly string[] | null =>
  rightsOf[subject.role].includes('ticket.all-departments') ? null : subject.departmentIds
