import type { Command, CommandName, CommandPayload } from '../../domain/commands.ts'
import { decide, type Decision } from '../../domain/decide.ts'
import type { Ticket } from '../../domain/ticket.ts'
import { unopenedTicket } from '../../domain/apply.ts'
import type { Actor } from '../../domain/vocabulary.ts'

/** Words that specifications of the domain share. */

export const IT = { id: '11111111-1111-4111-8111-111111111111', name: 'IT' }
export const FINANCE = { id: '22222222-2222-4222-8222-222222222222', name: 'Finance' }
export const SAM = {
  id: '33333333-3333-4333-8333-333333333333',
  name: 'Sam',
  email: 'sam@example.com',
}
export const ANNA = { email: 'anna@client.example', name: 'Anna' }
export const agent: Actor = { kind: 'agent', id: SAM.id, name: SAM.name }
export const requester: Actor = { kind: 'requester', ...ANNA }
export const NOW = '2026-11-24T09:00:00.000Z'

let sequence = 0
export const uuid = (): string => `00000000-0000-4000-8000-${String(++sequence).padStart(12, '0')}`

export const received = (over: Partial<CommandPayload<'mailReceived'>['message']> = {}) => ({
  messageId: uuid(),
  from: ANNA,
  preview: 'The printer jams.',
  hasAttachments: false,
  automatic: false,
  stranger: false,
  ...over,
})

export const opening = {
  subject: 'Printer',
  requester: ANNA,
  department: IT,
  priority: 'normal' as const,
  channel: 'mail' as const,
}

export const outgoing = (over: Partial<CommandPayload<'reply'>> = {}): CommandPayload<'reply'> => ({
  messageId: uuid(),
  to: [ANNA.email],
  preview: 'Please restart it.',
  hasAttachments: false,
  oneWay: false,
  holdMs: 0,
  ...over,
})

/** Decides one command; `id` defaults to a fresh one. */
export function when<N extends CommandName>(
  ticket: Ticket,
  name: N,
  payload: CommandPayload<N>,
  by: Actor = agent,
  now = NOW,
): Decision {
  return decide(ticket, name, { id: uuid(), actor: by, payload } as Command, now)
}

/** A ticket that a mail opened, then each step applied. */
export function openedTicket(...steps: ((ticket: Ticket) => Decision)[]): Ticket {
  const opened = when(
    unopenedTicket(1001),
    'mailReceived',
    { message: received(), opening },
    requester,
  ).ticket
  return steps.reduce((ticket, step) => step(ticket).ticket, opened)
}

export const types = (decision: Decision): string[] => decision.events.map((e) => e.type)
