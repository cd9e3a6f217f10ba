import type { Role } from './vocabulary.ts'

/** Here alone is decided who may do what. */
export type Right =
  | 'ticket.read'
  | 'ticket.work'
  | 'ticket.all-departments'
  | 'approval.decide'
  | 'asset.manage'
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
    'asset.manage',
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
    'asset.manage',
    'outbox.read',
    'token.create',
  ],
  approver: ['approval.decide'],
}

export interface Subject {
  role: Role
  departmentIds: readonly string[]
  /** The locations that the person is limited to, with everything in them; null: no limit. */
  locationIds: readonly string[] | null
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
 * Does the person see what is at this location? Whoever sees all departments sees all locations; who is
 * limited to locations does not see what has none.
 * @param locationId of a ticket, an asset, a document.
 */
export function seesLocation(subject: Subject, locationId: string | null): boolean {
  const limit = visibleLocations(subject)
  return limit === null || (locationId !== null && limit.includes(locationId))
}

/** The locations a list is limited to; null: not limited. */
export const visibleLocations = (subject: Subject): readonly string[] | null =>
  rightsOf[subject.role].includes('ticket.all-departments') ? null : subject.locationIds

/** The departments a list is limited to; null: not limited. */
export const visibleDepartments = (subject: Subject): readonly string[] | null =>
  rightsOf[subject.role].includes('ticket.all-departments') ? null : subject.departmentIds
