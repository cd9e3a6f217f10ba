import type pg from 'pg'
import type { CommandName, CommandPayload } from '../domain/commands.ts'
import type { TicketChange } from '../domain/contract/tickets.ts'
import type { CategoryRef, DepartmentRef, Person } from '../domain/vocabulary.ts'
import { seenPlace } from './place-access.ts'
import { unprocessable } from './problem.ts'
import type { SignedInUser } from './sessions.ts'
import type { SeenTicket } from './ticket-access.ts'

type Db = Pick<pg.Pool, 'query'>
type Step = { [N in CommandName]: { name: N; payload: CommandPayload<N> } }[CommandName]
const step = <N extends CommandName>(name: N, payload: CommandPayload<N>): Step => ({ name, payload }) as Step

/**
 * The commands that a change comes to. Everything named in it is looked up first: a change is refused whole before anything is done.
 * @param ticket as it is now. @throws ProblemError 422 that names the field.
 */
export async function stepsOf(db: Db, user: SignedInUser, { departmentId, placeId: presentPlace }: Pick<SeenTicket, 'departmentId' | 'placeId'>, change: TicketChange): Promise<Step[]> {
  const { subject, status, priority, ownerId, categoryId, resolution, departmentId: nextDepartment, placeId, overrideReason } = change
  const steps: Step[] = []
  if (nextDepartment !== undefined) steps.push(step('changeDepartment', { department: await departmentRef(db, nextDepartment) }))
  if (subject !== undefined) steps.push(step('changeSubject', { subject }))
  if (priority !== undefined) steps.push(step('changePriority', { priority }))
  if (categoryId !== undefined) steps.push(step('changeCategory', { category: categoryId === null ? null : await categoryRef(db, categoryId) }))
  if (placeId !== undefined) steps.push(step('setPlace', { place: await seenPlace(db, user, placeId, '/placeId') }))
  if (ownerId !== undefined) steps.push(step('changeOwner', { owner: ownerId === null ? null : await workerOf(db, ownerId, { departmentId: nextDepartment ?? departmentId, placeId: placeId === undefined ? presentPlace : placeId }, '/ownerId') }))
  if (status !== undefined) steps.push(step('changeStatus', { status, reason: 'agent', ...(resolution === undefined ? {} : { resolution }), ...(overrideReason === undefined ? {} : { overrideReason }) }))
  else if (resolution !== undefined) steps.push(step('changeResolution', { resolution }))
  return steps
}

/** @throws ProblemError 422 */
export async function departmentRef(db: Db, id: string): Promise<DepartmentRef> {
  const { rows: [row] } = await db.query<DepartmentRef>('SELECT id, name FROM department WHERE id = $1', [id])
  if (!row) throw unprocessable('department-not-found', 'This department does not exist.', '/departmentId')
  return row
}

async function categoryRef(db: Db, id: string): Promise<CategoryRef> {
  const { rows: [row] } = await db.query<CategoryRef>('SELECT id, name FROM category WHERE id = $1', [id])
  if (!row) throw unprocessable('category-not-found', 'This category does not exist.', '/categoryId')
  return row
}

/**
 * Somebody who may work on tickets of a department and place: its owner or watcher must be able to see the ticket.
 * @param pointer of the field that names the person. @throws ProblemError 422
 */
export async function workerOf(db: Db, userId: string, { departmentId, placeId }: Pick<SeenTicket, 'departmentId' | 'placeId'>, pointer: string): Promise<Person> {
  const { rows: [row] } = await db.query<Person>(
    `SELECT u.id, u.name, u.email FROM app_user u WHERE u.id = $1 AND u.active
       AND (u.role = 'admin' OR (u.role = 'agent' AND EXISTS (SELECT 1 FROM user_department d WHERE d.user_id = u.id AND d.department_id = $2)
         AND (place_limit(u.id) IS NULL OR $3::uuid = ANY(place_limit(u.id)))))`, [userId, departmentId, placeId])
  if (!row) throw unprocessable('person-without-access', 'This person does not see tickets of this department or place, or is not active. Choose somebody else.', pointer)
  return row
}
