import { toast } from 'svelte-sonner'
import { cache } from '../api/cache.ts'
import { listed } from '../language/amounts.ts'
import { t } from '../language/language.svelte.ts'
import { ticketFieldsQuery } from './queries.ts'

/**
 * A ticket that was to be solved without its required fields. A new object each time: the second
 * attempt shows them again.
 */
let asked = $state<{ number: number } | null>(null)

/** What CustomFields.svelte marks, and TicketPane.svelte brings into view. */
export const missingFields = {
  get asked(): { number: number } | null {
    return asked
  },
}

/** Tells which fields are missing, and marks them on the ticket. */
export async function askForFields(number: number): Promise<void> {
  const fields = await cache.fetchQuery({
    ...ticketFieldsQuery(number),
    staleTime: 0,
  })
  const names = fields.filter((field) => field.missing).map((field) => field.name)
  asked = { number }
  toast.error(
    names.length > 0
      ? t('sla.field.missing', { count: names.length, names: listed(names) })
      : t('problem.fields-empty'),
    { duration: 8000 },
  )
}
