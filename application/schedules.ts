import { type Client, ScheduleNotFoundError } from '@temporalio/client'
import { TASK_QUEUE } from '../platform/temporal/connection.ts'
import { SLA_REPLAN } from './sla/replan-workflow.ts'
import { NOT_ENDED } from '../platform/temporal/not-ended.ts'
import { ensureSchedule, type ScheduledWorkflow } from '../platform/temporal/schedule.ts'

const taskQueue = TASK_QUEUE

/** Everything that happens by the clock and belongs to no single ticket. */
export const schedules = {
  reconcile: {
    scheduleId: 'reconcile',
    spec: { intervals: [{ every: '1 minute' }] },
    workflowType: 'reconcileWorkflow',
    taskQueue,
    summary: 'What a crash left behind',
    catchupWindow: '1 minute',
    revision: 1,
  },
  reconcileEveryTicket: {
    scheduleId: 'reconcile-every-ticket',
    spec: { intervals: [{ every: '10 minutes' }] },
    workflowType: 'reconcileWorkflow',
    args: [{ everyTicket: true }],
    taskQueue,
    summary: 'Has every open ticket its workflow, and no closed one?',
    catchupWindow: '1 minute',
    revision: 3,
  },
  warrantyWatch: {
    scheduleId: 'warranty-watch',
    spec: { calendars: [{ hour: 5, comment: 'every day' }] },
    workflowType: 'warrantyWatchWorkflow',
    taskQueue,
    summary: 'Warranties and licences near their end',
    catchupWindow: '1 day',
    revision: 1,
  },
  slaRenewal: {
    scheduleId: `${SLA_REPLAN}-yearly`,
    spec: { calendars: [{ month: 'JANUARY', dayOfMonth: 1, hour: 2, comment: 'every year' }] },
    workflowType: 'slaReplanWorkflow',
    args: [{ renew: true }],
    taskQueue,
    summary: 'Service levels: clock changes of a further year',
    catchupWindow: '30 days',
    revision: 1,
  },
} satisfies Record<string, ScheduledWorkflow>

/** Their workflows, which may also be started by others. */
export const scheduledTypes: ReadonlySet<string> = new Set(
  Object.values(schedules).map(({ workflowType }) => workflowType),
)

/** Sees to it that all of them are there. */
export const ensureSchedules = async (client: Client): Promise<void> =>
  void (await Promise.all(
    Object.values(schedules).map((scheduled) => ensureSchedule(client, scheduled)),
  ))

/** @returns whether the schedule is there, as the server knows itself and not as it lists. */
export async function isScheduled(
  client: Client,
  { scheduleId }: ScheduledWorkflow,
): Promise<boolean> {
  try {
    await client.schedule.getHandle(scheduleId).describe()
    return true
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return false
    throw error
  }
}

/** @returns those that somebody has deleted, as far as the server lists them. */
export async function missingSchedules(client: Client): Promise<ScheduledWorkflow[]> {
  const wanted = Object.values(schedules)
  const listed = await listedSchedulers(client)
  if (wanted.every(({ scheduleId }) => listed.has(scheduleId))) return []
  for await (const { scheduleId } of client.schedule.list()) listed.add(scheduleId)
  return wanted.filter(({ scheduleId }) => !listed.has(scheduleId))
}

/**
 * The schedules whose workflows the server lists: a tenth of what its own list of schedules costs, for
 * which the embedded server looks through every run. That one counts where these are named otherwise.
 */
async function listedSchedulers(client: Client): Promise<Set<string>> {
  const found = new Set<string>()
  const query = `TemporalNamespaceDivision = 'TemporalScheduler' AND ${NOT_ENDED}`
  for await (const { workflowId } of client.workflow.list({ query }))
    found.add(workflowId.replace(/^temporal-sys-scheduler:/, ''))
  return found
}
