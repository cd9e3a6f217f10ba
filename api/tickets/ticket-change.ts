import type pg from 'pg'
import type { CommandName, CommandPayload } from '../../domain/commands.ts'
import type { TicketChange } from '../../domain/tickets/contract.ts'
import type { CategoryRef, DepartmentRef } from '../../domain/vocabulary.ts'
import { wantedApprovals } from '../../application/approvals/ticket-rules.ts'
import { tasksOfCategory } from '../tasks/task-templates.ts'
import { openBlockersFor } from './blockers.ts'
import { authorisedLocation } from '../locations/location-access.ts'
import { unprocessable } from '../http/problem.ts'
import { requiredFieldsFor } from '../classification/required-fields.ts'
import { resolutionChosen } from '../classification/resolution-list.ts'
import { workerOf } from '../access/worker.ts'
import type { SignedInUser } from '../access/sessions.ts'
import type { AuthorisedTicket } from '../access/ticket-access.ts'
import { databaseOn } from '../../platform/postgres/database.ts'

type Db = Pick<pg.Pool, 'query'>
/** One of the commands that a change comes to. */
export type ChangeStep = {
  [N in CommandName]: { name: N; payload: CommandPayload<N>; optional?: true; bySystem?: true }
}[CommandName]
const step = <N extends CommandName>(
  name: N,
  payload: CommandPayload<N>,
  more: Pick<ChangeStep, 'optional' | 'bySystem'> = {},
): ChangeStep => ({ name, payload, ...more }) as ChangeStep

/**
 * The commands that a change comes to, done all or none: also the tasks that come with its category,
 * and the approvals that rules want of it. Everything named in it is looked up first.
 * @param ticket as it is now.
 * @throws ProblemError 422 that names the field; NobodyToAskError.
 */
export async function stepsOf(
  db: Db,
  user: SignedInUser,
  {
    number,
    status: presentStatus,
    departmentId,
    categoryId: presentCategory,
    resolution: presentResolution,
    locationId: presentLocation,
  }: Pick<
    AuthorisedTicket,
    'number' | 'status' | 'departmentId' | 'categoryId' | 'resolution' | 'locationId'
  >,
  change: TicketChange,
): Promise<ChangeStep[]> {
  const {
    subject,
    status,
    priority,
    ownerId,
    categoryId,
    resolution,
    departmentId: nextDepartment,
    locationId,
    overrideReason,
  } = categoryBrings(
    await defaultsOf(
      db,
      change.categoryId,
      change.departmentId ?? departmentId,
      change.locationId === undefined ? presentLocation : change.locationId,
    ),
    change,
  )
  const steps: ChangeStep[] = []
  if (nextDepartment !== undefined)
    steps.push(step('changeDepartment', { department: await departmentRef(db, nextDepartment) }))
  if (subject !== undefined) steps.push(step('changeSubject', { subject }))
  if (priority !== undefined) steps.push(step('changePriority', { priority }))
  // Before the category, whose tasks are given to people who see the ticket where it is then.
  if (locationId !== undefined)
    steps.push(
      step('setLocation', {
        location: await authorisedLocation(databaseOn(db), user, locationId, '/locationId'),
      }),
    )
  const placed = {
    number,
    departmentId: nextDepartment ?? departmentId,
    locationId: locationId === undefined ? presentLocation : locationId,
  }
  if (categoryId !== undefined) {
    const category = categoryId === null ? null : await categoryRef(db, categoryId)
    steps.push(step('changeCategory', { category }))
    // One that the ticket refuses stays away: the category is set nonetheless.
    if (category && presentStatus !== 'closed')
      for (const task of await tasksOfCategory(databaseOn(db), placed, category.id))
        steps.push(step('addTask', task, { optional: true }))
  }
  // Before the status: nobody gets past a rule by solving the ticket in the same breath.
  if (categoryId !== undefined || nextDepartment !== undefined)
    for (const { payload } of await wantedApprovals(databaseOn(db), number, {
      categoryId,
      departmentId: nextDepartment,
    }))
      steps.push(step('askApproval', payload, { optional: true, bySystem: true }))
  if (ownerId !== undefined)
    steps.push(
      step('changeOwner', {
        owner:
          ownerId === null ? null : await workerOf(databaseOn(db), ownerId, placed, '/ownerId'),
      }),
    )
  const chosen =
    resolution === undefined ? undefined : await resolutionChosen(db, resolution, presentResolution)
  if (status !== undefined) {
    const required = await requiredFieldsFor(
      db,
      {
        departmentId: nextDepartment ?? departmentId,
        categoryId: categoryId === undefined ? presentCategory : categoryId,
      },
      status,
    )
    steps.push(
      step('changeStatus', {
        status,
        reason: 'agent',
        ...chosen,
        ...required,
        ...(await openBlockersFor(databaseOn(db), user, number, status)),
        ...(overrideReason === undefined ? {} : { overrideReason }),
      }),
    )
  } else if (chosen) steps.push(step('changeResolution', chosen))
  return steps
}

interface CategoryDefaults {
  departmentId: string | null
  ownerId: string | null
  priority: TicketChange['priority'] | null
}

/** What the change says itself counts more than what its category brings with it. */
function categoryBrings(
  { departmentId, ownerId, priority }: CategoryDefaults,
  change: TicketChange,
): TicketChange {
  return {
    ...(departmentId ? { departmentId } : {}),
    ...(ownerId ? { ownerId } : {}),
    ...(priority ? { priority } : {}),
    ...change,
  }
}

/**
 * Each default of the category or of the nearest one around it that has it. An owner who does not
 * see the tickets is left out.
 */
const DEFAULTS = `
WITH RECURSIVE up AS (
  SELECT c.*, 0 AS depth FROM category c WHERE c.id = $1 UNION ALL SELECT c.*, up.depth + 1 FROM category c JOIN up ON c.id = up.parent_id WHERE up.depth < 20
), found AS (
  SELECT (array_agg(default_department_id ORDER BY depth) FILTER (WHERE default_department_id IS NOT NULL))[1] AS department_id,
    (array_agg(default_owner_id ORDER BY depth) FILTER (WHERE default_owner_id IS NOT NULL))[1] AS owner_id,
    (array_agg(default_priority ORDER BY depth) FILTER (WHERE default_priority IS NOT NULL))[1] AS priority FROM up
)
SELECT department_id AS "departmentId", priority,
  CASE WHEN works_on(found.owner_id, coalesce(found.department_id, $2), $3) THEN found.owner_id END AS "ownerId"
FROM found`

async function defaultsOf(
  db: Db,
  categoryId: string | null | undefined,
  departmentId: string,
  locationId: string | null,
): Promise<CategoryDefaults> {
  const {
    rows: [row],
  } = categoryId
    ? await db.query<CategoryDefaults>(DEFAULTS, [categoryId, departmentId, locationId])
    : { rows: [] }
  return row ?? { departmentId: null, ownerId: null, priority: null }
}

/** @throws ProblemError 422 */
export async function departmentRef(db: Db, id: string): Promise<DepartmentRef> {
  const {
    rows: [row],
  } = await db.query<DepartmentRef>('SELECT id, name FROM department WHERE id = $1', [id])
  if (!row)
    throw unprocessable('department-not-found', 'This department does not exist.', '/departmentId')
  return row
}

async function categoryRef(db: Db, id: string): Promise<CategoryRef> {
  const {
    rows: [row],
  } = await db.query<CategoryRef>('SELECT id, name FROM category WHERE id = $1', [id])
  if (!row)
    throw unprocessable('category-not-found', 'This category does not exist.', '/categoryId')
  return row
}
