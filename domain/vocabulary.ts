import { z } from 'zod'

/** The words that domain, schema, API and web share. */

export const ticketStatus = z.enum(['new', 'open', 'waiting', 'solved', 'closed'])
export type TicketStatus = z.infer<typeof ticketStatus>

/** Ended from the desk's point of view: a requester's answer to it is a reopening. */
export const isEnded = (status: TicketStatus): boolean => status === 'solved' || status === 'closed'

export const priority = z.enum(['low', 'normal', 'high', 'urgent'])
export type Priority = z.infer<typeof priority>

/**
 * By its key in the list that admins keep: api/classification/resolution-routes.ts. Events keep keys for ever, so
 * a key never changes.
 */
export const resolution = z
  .string()
  .max(60)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'is not the key of a resolution, such as done')
export type Resolution = z.infer<typeof resolution>

export const role = z.enum(['admin', 'agent', 'approver'])
export type Role = z.infer<typeof role>

export const linkKind = z.enum([
  'relates',
  'duplicateOf',
  'childOf',
  'blocks',
  'followUpOf',
  'suspectedReplyTo',
])
export type LinkKind = z.infer<typeof linkKind>

/**
 * An e-mail address in its compared form: trimmed, lower case. Not validated beyond having a local
 * part and a domain.
 */
export const emailAddress = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[^\s@<>"]+@[^\s@<>"]+$/, 'is not an e-mail address such as anna@example.com')

/**
 * Of a person, as the API and mail take it. An operator's signal is held to the same: what it says
 * stands in a history for ever.
 */
const personName = z.string().max(200)
/** As mail brings it, well formed or not: 64 characters, the sign, 255 (RFC 5321, section 4.5.3.1). */
export const addressText = z.string().max(320)
/** Of a department or category, with those around it. */
const placeName = z.string().max(700)
/** The first words of a text, for lists. */
export const previewText = z.string().max(200)

export const person = z.object({ id: z.uuid(), name: personName, email: addressText })
export type Person = z.infer<typeof person>

export const requester = z.object({ email: addressText, name: personName.default('') })
export type Requester = z.infer<typeof requester>

export const departmentRef = z.object({ id: z.uuid(), name: placeName })
export type DepartmentRef = z.infer<typeof departmentRef>

export const categoryRef = z.object({ id: z.uuid(), name: placeName })
export type CategoryRef = z.infer<typeof categoryRef>

/**
 * How a ticket's workflow ended although the ticket is open: by hand, by a fault, or because
 * Temporal's store was lost or restored.
 */
export const workflowLoss = z.enum(['cancelled', 'terminated', 'failed', 'ended', 'missing'])
export type WorkflowLoss = z.infer<typeof workflowLoss>

/**
 * Who did something. `system` is Guichet itself (a timer, a rule); `operator` came by the Temporal
 * CLI or UI.
 */
export const actor = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('agent'), id: z.uuid(), name: personName }),
  z.object({ kind: z.literal('requester'), email: addressText, name: personName.default('') }),
  z.object({
    kind: z.literal('correspondent'),
    email: addressText,
    name: personName.default(''),
  }),
  z.object({ kind: z.literal('operator'), name: personName.default('') }),
  z.object({ kind: z.literal('system'), name: personName.default('Guichet') }),
])
export type Actor = z.infer<typeof actor>

export const SYSTEM: Actor = { kind: 'system', name: 'Guichet' }
