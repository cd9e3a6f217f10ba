import type { Message, Note } from '../../../domain/conversation/contract.ts'
import type { TicketEvent } from '../../../domain/events.ts'
import type { TicketDetail, TicketSummary } from '../../../domain/tickets/contract.ts'

const department = { id: '0192d3a0-0000-7000-8000-0000000000d1', name: 'IT' }
const requester = { email: 'max@client.example', name: 'Max' }
const at = '2026-11-24T09:30:00.000Z'

export const summary = (number: number): TicketSummary => ({
  number,
  subject: 'Printer',
  status: 'open',
  priority: 'normal',
  department,
  owner: null,
  requester,
  preview: 'It does not print.',
  lastDirection: 'inbound',
  messageCount: 1,
  hasAttachments: false,
  deliveryTrouble: false,
  hasKeptCommands: false,
  openedAt: at,
  updatedAt: at,
  lastMessageAt: at,
  dueAt: null,
  tags: [],
  snoozed: false,
  snoozedUntil: null,
})

export const ticket: TicketDetail = {
  ...summary(7),
  category: null,
  resolution: null,
  location: null,
  watchers: [],
  links: [],
  participants: [requester.email],
  solvedAt: null,
  closedAt: null,
  version: 1,
  replyFrom: { address: 'it@desk.example', oneWay: false },
  workflowUrl: null,
  mergedInto: null,
  mergedTickets: [],
  splitOff: [],
  splitFrom: null,
}

export const message = (no: number, given: Partial<Message> = {}): Message => ({
  id: `m${no}`,
  ticketNumber: 7,
  direction: 'inbound',
  state: 'received',
  stateDetail: null,
  stateExplanation: null,
  automatic: false,
  oneWay: false,
  from: { address: 'max@client.example', name: 'Max' },
  to: [{ address: 'it@desk.example', name: '' }],
  cc: [],
  subject: 'Printer',
  text: `Words ${no}`,
  textVisible: `Words ${no}`,
  html: null,
  hasRemoteImages: false,
  flags: [],
  author: null,
  internetId: null,
  inReplyTo: null,
  attachments: [],
  eventNo: no,
  date: '2026-11-24T09:30:00.000Z',
  createdAt: '2026-11-24T09:30:00.000Z',
  heldUntil: null,
  revocable: false,
  hasSource: false,
  ...given,
})

export const note = (no: number, text: string): Note => ({
  id: `n${no}`,
  ticketNumber: 7,
  eventNo: no,
  author: { id: null, name: 'Ben' },
  text,
  attachments: [],
  createdAt: '2026-11-24T09:31:00.000Z',
})

export const event = (no: number, type: string, data: object): TicketEvent =>
  ({
    no,
    type,
    data,
    at: '2026-11-24T09:32:00.000Z',
    actor: { kind: 'agent', id: 'a', name: 'Ben', email: 'ben@desk.example' },
    commandId: `c${no}`,
    ordinal: 0,
  }) as unknown as TicketEvent
