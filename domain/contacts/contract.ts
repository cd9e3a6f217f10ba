import { z } from 'zod'
import { singleLine } from '../single-line.ts'
import { locationRef } from '../locations/vocabulary.ts'
import { emailAddress } from '../vocabulary.ts'
import { cursorQuery, isoTime, page } from '../contract.ts'
import { asset, confirmation, document } from '../assets/contract.ts'
import { ticketSummary } from '../tickets/contract.ts'

/**
 * Somebody who wrote, or has an asset: a line of the list. Tickets and assets are counted as far as
 * one sees them.
 */
export const contact = z
  .object({
    /** The address under which the person is listed. */
    email: z.string(),
    name: z.string(),
    /** Where the person is; new tickets of theirs are there. */
    location: locationRef.nullable(),
    otherAddresses: z.array(z.string()),
    openTickets: z.number().int(),
    tickets: z.number().int(),
    assets: z.number().int(),
    lastTicketAt: isoTime.nullable(),
  })
  .meta({ id: 'Contact' })
export type Contact = z.infer<typeof contact>

export const contactQuery = cursorQuery.extend({
  /** Words in names and addresses. */
  q: z.string().max(200).optional(),
  /** At this location or in it. */
  location: z.uuid().optional(),
})
export const contactPage = page(contact)
  .extend({ total: z.number().int() })
  .meta({ id: 'ContactPage' })
export type ContactPage = z.infer<typeof contactPage>

/** A person with what hangs on them, as far as one sees that. */
export const contactDetail = contact
  .omit({ tickets: true, assets: true })
  .extend({
    notes: z.string(),
    notedBy: z.string(),
    notedAt: isoTime.nullable(),
    ticketCount: z.number().int(),
    /** The first ones: open ones first, then the newest. All of them: GET /tickets?requester=. */
    tickets: z.array(ticketSummary),
    assets: z.array(asset),
    /** Of these assets, and of these tickets. */
    documents: z.array(document),
    confirmations: z.array(confirmation),
  })
  .meta({ id: 'ContactDetail' })
export type ContactDetail = z.infer<typeof contactDetail>

/** Only what is present changes. */
export const contactChange = z
  .object({
    name: singleLine(200),
    locationId: z.uuid().nullable(),
    notes: z.string().trim().max(10_000),
  })
  .partial()
  .meta({ id: 'ContactChange' })
export const contactParams = z.object({ email: emailAddress })
export const contactAddress = z.object({ address: emailAddress }).meta({ id: 'ContactAddress' })
