import { toast } from 'svelte-sonner'
import type { Schema } from '../api/client.ts'
import { keptCommands } from '../api/kept.svelte.ts'
import { say } from '../components/toasts.ts'
import { listed } from '../language/amounts.ts'
import { t } from '../language/language.svelte.ts'
import { refusalIn } from '../language/refusal.ts'

type Result = Schema<'BulkResult'>

const READING_MS = 8000
const MOST_REASONS = 3

/**
 * Says what became of a change of several tickets; what is kept is marked on each.
 * @param change what was asked of them.
 */
export function tellOf({ changed, kept, failed }: Result, change: object): void {
  for (const one of kept)
    keptCommands.add(one, {
      method: 'patch',
      address: `/tickets/${one.ticketNumber}`,
      fields: Object.keys(change),
    })
  if (changed.length > 0 || kept.length + failed.length === 0)
    say(t('bulk.done', { count: changed.length }))
  if (kept.length > 0) toast.info(t('bulk.kept', { count: kept.length }), { duration: READING_MS })
  if (failed.length > 0)
    toast.error(t('bulk.failed', { count: failed.length, reasons: reasonsOf(failed) }), {
      duration: READING_MS,
    })
}

/** Each reason once, with the tickets that it keeps as they were. */
function reasonsOf(failed: Result['failed']): string {
  const exact = new Set(failed.map(refusalIn))
  // What each ticket lacks is named while that can be read; of many, what is wrong with them.
  const reasonOf = (one: (typeof failed)[number]): string =>
    refusalIn(exact.size > MOST_REASONS ? { ...one, values: undefined } : one)
  const reasons = [...new Set(failed.map(reasonOf))].slice(0, MOST_REASONS)
  return reasons
    .map(
      (reason) =>
        `${listed(
          failed
            .filter((one) => reasonOf(one) === reason)
            .slice(0, 8)
            .map((one) => `#${one.number}`),
        )} – ${reason}`,
    )
    .join(' ')
}
