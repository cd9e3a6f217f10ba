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

export const person = z.object({ id: z.uuid(), name: z.string(), email: z.string() })
export type Person = z.infer<typeof person>

export const requester = z.object({ email: z.string(), name: z.string().default('') })
export type Requester = z.infer<typeof requester>

export const departmentRef = z.object({ id: z.uuid(), name: z.string() })
export type DepartmentRef = z.infer<typeof departmentRef>

export const categoryRef = z.object({ id: z.uuid(), name: z.string() })
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
  z.object({ kind: z.literal('agent'), id: z.uuid(), name: z.string() }),
  z.object({ kind: z.literal('requester'), email: z.string(), name: z.string().default('') }),
  z.object({ kind: z.literal('correspondent'), email: z.string(), name: z.string().default('') }),
  z.object({ kind: z.literal('operator'), name: z.string().default('') }),
  z.object({ kind: z.literal('system'), name: z.string().default('Guichet') }),
])
export type Actor = z.infer<typeof actor>

export const SYSTEM: Actor = { kind: 'system', name: 'Guichet' }
