import type { z } from 'zod'
import type { KeptRow } from '../../application/tickets/kept-commands.ts'
import { askedOf } from '../../domain/asked-of.ts'
import { readCommand } from '../../domain/command-schema.ts'
import type { KeptCommandItem, keptOn } from '../../domain/tickets/contract.ts'
import type { Ticket } from '../../domain/ticket.ts'
import type { Actor } from '../../domain/vocabulary.ts'

/** Fields of a command's payload that name what it is about. */
const subjects = [
  ['taskId', 'task'],
  ['approvalId', 'approval'],
  ['purchaseId', 'purchase'],
  ['messageId', 'message'],
] as const

/** A command that is kept, as pages show it. */
export function keptView(
  ticket: Ticket,
  { commandId, name, command, at }: KeptRow,
): KeptCommandItem | null {
  const read = readCommand(name, JSON.parse(command))
  if ('code' in read) return null
  return {
    id: commandId,
    at: at.toISOString(),
    by: askerOf(read.actor),
    asked: askedOf(ticket, name, read.payload),
    on: onOf(read.payload),
  }
}

/** Whoever asked, by name or address. */
export const askerOf = (actor: Actor): KeptCommandItem['by'] => ({
  id: actor.kind === 'agent' ? actor.id : null,
  name: 'email' in actor ? actor.name || actor.email : actor.name,
})

function onOf(payload: object): z.infer<typeof keptOn> | null {
  const fields = payload as Record<string, unknown>
  for (const [field, kind] of subjects) {
    const id = fields[field]
    if (typeof id === 'string') return { kind, id }
  }
  return null
}
