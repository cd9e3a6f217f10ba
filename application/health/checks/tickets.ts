import { secondsAgo } from '../../../platform/postgres/seconds-ago.ts'
import { asked, type Check } from '../check.ts'

/** Whoever has just written has a workflow, though it may not be listed yet. Seconds. */
const LISTED_WITHIN = 60
/** `reconcile` starts what is missing within a minute or two. Seconds. */
const MENDED_WITHIN = 240

/** Open tickets against the workflows that run. */
export const tickets: Check = {
  code: 'tickets',
  every: 30,
  async look(watched) {
    const { open } = await asked(watched, (db) =>
      db
        .selectFrom('ticket')
        .select((eb) => eb.cast<number>(eb.fn.countAll(), 'integer').as('open'))
        .where('status', '<>', 'closed')
        .where('updated_at', '<', secondsAgo(LISTED_WITHIN))
        .executeTakeFirstOrThrow(),
    )
    const running = await watched.temporal.runningTickets()
    const missing = open - running
    return {
      figures: { open, withoutWorkflow: Math.max(0, missing) },
      troubles:
        missing <= 0
          ? []
          : [
              {
                state: 'attention',
                reason: 'tickets-without-workflow',
                patience: MENDED_WITHIN,
                values: { count: missing },
              },
            ],
    }
  },
}
