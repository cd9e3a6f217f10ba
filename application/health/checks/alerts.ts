import { alertChannel } from '../../../domain/health/vocabulary.ts'
import { asked, type Check } from '../check.ts'

/** Alerts are sent. One attempt that fails is tried again before anybody is told. Seconds. */
const GRACE_PERIOD = 90

/** What was to be told and could not be, by channel. */
export const alerts: Check = {
  code: 'alerts',
  every: 10,
  async look(watched) {
    const failing = await asked(watched, (db) =>
      db
        .selectFrom('alert')
        .distinctOn('channel')
        .select(['channel', 'failing_since', 'last_error'])
        .where('failing_since', 'is not', null)
        .orderBy('channel')
        .orderBy('failing_since')
        .execute(),
    )
    return {
      troubles: alertChannel.options.flatMap((channel) =>
        failing
          .filter((row) => row.channel === channel)
          .map(({ failing_since, last_error }) => ({
            reason: `alert-${channel}-failing` as const,
            state: 'attention' as const,
            since: failing_since ?? undefined,
            gracePeriod: GRACE_PERIOD,
            detail: last_error,
          })),
      ),
    }
  },
}
