import { taskQueues } from '../../../domain/task-queues.ts'
import { asked, type Check } from '../check.ts'
import { workInHand } from './beats.ts'

/** What is to be done has a slot within this time. Seconds. */
const TAKEN_WITHIN = 60

/** What the workers have in hand, and what waits for a slot of theirs. */
export const slots: Check = {
  code: 'slots',
  every: 30,
  async look(watched) {
    const inHand = await asked(watched, workInHand)
    const waiting = await Promise.all(
      taskQueues.map(async (queue) => ({ queue, ...(await watched.temporal.waiting(queue)) })),
    )
    const figures: Record<string, number> = {}
    const add = (name: string, value: number): void => {
      figures[name] = (figures[name] ?? 0) + value
    }
    for (const { slots: used, accounts } of inHand) {
      for (const [queue, count] of Object.entries(used)) add(`used ${queue}`, count)
      for (const [account, count] of Object.entries(accounts)) add(`account ${account}`, count)
    }
    for (const { queue, tasks } of waiting) add(`waiting ${queue}`, tasks)
    return {
      figures,
      troubles: waiting.flatMap(({ queue, tasks, oldest }) =>
        tasks === 0 || oldest < TAKEN_WITHIN
          ? []
          : [
              {
                state: 'attention' as const,
                reason: 'work-waiting' as const,
                subject: queue,
                since: new Date(Date.now() - oldest * 1000),
                gracePeriod: TAKEN_WITHIN,
                values: { count: tasks },
              },
            ],
      ),
    }
  },
}
