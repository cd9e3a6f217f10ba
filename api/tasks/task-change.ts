import type { CommandName, CommandPayload } from '../../domain/commands.ts'
import type { ChangeStep } from '../../domain/tickets/change-steps.ts'
import type { TaskChange, TaskView } from '../../domain/tasks/contract.ts'
import type { Assignee } from '../../domain/tasks/state.ts'
import type { DepartmentRef } from '../../domain/vocabulary.ts'
import { teamThatWorksOn } from '../../application/people/works-on.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { newId } from '../http/idempotency/attempt.ts'
import { unprocessable } from '../http/problem.ts'
import type { AuthorisedTicket } from '../access/ticket-access.ts'
import { workerOf } from '../access/worker.ts'

const step = <N extends CommandName>(name: N, payload: CommandPayload<N>): ChangeStep =>
  ({ name, payload }) as ChangeStep

/**
 * The commands that a change of a task comes to, to be done all or none. Whoever is named is looked up
 * first.
 * @param ticket whose task it is: who is to do it must see it.
 * @throws ProblemError 422
 */
export async function taskStepsOf(
  db: Database,
  ticket: Pick<AuthorisedTicket, 'departmentId' | 'locationId'>,
  task: Pick<TaskView, 'id' | 'status'>,
  change: TaskChange,
): Promise<ChangeStep[]> {
  const { title, status, dueAt, required, after, checklist, tick, before } = change
  const taskId = task.id
  const assignee = await assigneeOf(db, ticket, change)
  const steps: ChangeStep[] = []
  if ([title, dueAt, required, after, checklist].some((one) => one !== undefined)) {
    steps.push(
      step('changeTask', {
        taskId,
        title,
        dueAt: dueAt && instant(dueAt),
        required,
        after,
        checklist: checklist?.map((line) => ({ ...line, id: line.id ?? newId() })),
      }),
    )
  }
  if (assignee !== undefined) steps.push(step('assignTask', { taskId, assignee }))
  if (before !== undefined) steps.push(step('moveTask', { taskId, before }))
  if (tick !== undefined) steps.push(step('tickChecklistItem', { taskId, ...tick }))
  if (status !== undefined) steps.push(...statusSteps(taskId, task.status, status))
  return steps
}

/** One moment is written in one way: "…00Z" and "…00.000Z" are no change of each other. */
export const instant = (time: string): string => new Date(time).toISOString()

/** From done straight to in progress there is a reopening between. */
function statusSteps(
  taskId: string,
  from: TaskView['status'],
  to: TaskView['status'],
): ChangeStep[] {
  switch (to) {
    case 'open':
      return [step('reopenTask', { taskId })]
    case 'inProgress':
      return [
        ...(from === 'done' || from === 'cancelled' ? [step('reopenTask', { taskId })] : []),
        step('startTask', { taskId }),
      ]
    case 'done':
      return [step('finishTask', { taskId })]
    case 'cancelled':
      return [step('cancelTask', { taskId, reason: '' })]
  }
}

/**
 * Who a task is given to.
 * @returns null for nobody; undefined when nothing was said of it.
 * @throws ProblemError 422 that names the field.
 */
export async function assigneeOf(
  db: Database,
  ticket: Pick<AuthorisedTicket, 'departmentId' | 'locationId'>,
  {
    assigneeId,
    teamId,
  }: { assigneeId?: string | null | undefined; teamId?: string | null | undefined },
): Promise<Assignee | null | undefined> {
  if (assigneeId)
    return { kind: 'person', ...(await workerOf(db, assigneeId, ticket, '/assigneeId')) }
  if (teamId) return { kind: 'team', ...(await teamOf(db, teamId, ticket)) }
  return assigneeId === null || teamId === null ? null : undefined
}

/** @throws ProblemError 422 when nobody of it sees the ticket. */
async function teamOf(
  db: Database,
  teamId: string,
  ticket: Pick<AuthorisedTicket, 'departmentId' | 'locationId'>,
): Promise<DepartmentRef> {
  const team = await teamThatWorksOn(db, teamId, ticket).executeTakeFirst()
  if (!team)
    throw unprocessable(
      'team-without-access',
      'Nobody of this team sees this ticket, by its department and location. Choose another team, or a person.',
      '/teamId',
    )
  return team
}
