import type { Role } from './vocabulary.ts'

/** The one place that decides who may do what. */
export type Right =
  | 'ticket.read' | 'ticket.work' | 'ticket.all-departments'
  | 'approval.decide'
  | 'settings.manage' | 'people.manage' | 'quarantine.manage' | 'outbox.read' | 'token.create'

const rightsOf: Record<Role, readonly Right[]> = {
  admin: ['ticket.read', 'ticket.work', 'ticket.all-departments', 'approval.decide', 'settings.manage', 'people.manage', 'quarantine.manage', 'outbox.read', 'token.create'],
  agent: ['ticket.read', 'ticket.work', 'approval.decide', 'outbox.read', 'token.create'],
  approver: ['approval.decide'],
}

export interface Subject {
  role: Role
  departmentIds: readonly string[]
}

/** @returns every right of a role. */
export const rights = (role: Role): readonly Right[] => rightsOf[role]

/**
 * May this person do this, here?
 * @param departmentId the department of the ticket in question; leave out for what belongs to no department. An approver of any department may be asked.
 */
export function may(subject: Subject, right: Right, departmentId?: string): boolean {
  const granted = rightsOf[subject.role]
  if (!granted.includes(right)) return false
  if (departmentId === undefined || right === 'approval.decide' || granted.includes('ticket.all-departments')) return true
  return subject.departmentIds.includes(departmentId)
}

/** The departments a list is limited to; null: not limited. */
export const visibleDepartments = (subject: Subject): readonly string[] | null =>
  rightsOf[subject.role].includes('ticket.all-departments') ? null : subject.departmentIds
