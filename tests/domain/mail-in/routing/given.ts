import type { ParsedMail } from '../../../../domain/mail-in/parsed-mail.ts'
import type { AddressBook } from '../../../../domain/mail-in/routing/address-book.ts'
import type { RoutingCandidate } from '../../../../domain/mail-in/routing/candidate.ts'
import { decideMail, type MailDecision } from '../../../../domain/mail-in/routing/decision.ts'
import type { KnownTicket, RoutingFacts } from '../../../../domain/mail-in/routing/facts.ts'

export const NOW = Date.parse('2026-11-24T09:00:00Z')
const DAY = 86_400_000

export const ANNA = 'anna@client.example'
export const EVE = 'eve@evil.example'
/** An agent. */
export const SAM = 'sam@staff.test'

const itBox = {
  id: 'box-it',
  address: 'it@desk.test',
  aliases: ['helpdesk@desk.test'],
  departmentId: 'it',
  departmentName: 'IT',
  acknowledge: true,
  afterImport: 'keep',
}
const hrBox = {
  ...itBox,
  id: 'box-hr',
  address: 'hr@desk.test',
  aliases: [],
  departmentId: 'hr',
  departmentName: 'HR',
  acknowledge: false,
}
const own = new Set(['it@desk.test', 'helpdesk@desk.test', 'hr@desk.test'])

export const book: AddressBook = {
  mailboxes: new Map([itBox, hrBox].map((box) => [box.id, box])),
  targets: [itBox, hrBox],
  isOwn: (address) => own.has(address),
}

/** What the database knows: nothing but one agent, unless said otherwise. */
export const facts = (over: Partial<RoutingFacts> = {}): RoutingFacts => ({
  references: new Map(),
  mergeTargets: new Map(),
  outbound: new Map(),
  reported: new Map(),
  agents: new Set([SAM]),
  locations: new Map(),
  duplicates: new Map(),
  tickets: new Map(),
  participants: new Map(),
  conversations: new Map(),
  automaticTo: new Map(),
  automaticToAll: 0,
  ...over,
})

/** Ticket 1001 of Anna in IT, whose mail was `root@client.example`. */
export const annasTicket = (
  ticket: Partial<KnownTicket> = {},
  over: Partial<RoutingFacts> = {},
): RoutingFacts =>
  facts({
    tickets: new Map([
      [
        1001,
        {
          number: 1001,
          status: 'open',
          closedAt: null,
          departmentId: 'it',
          subject: 'Printer',
          requesterEmail: ANNA,
          ...ticket,
        },
      ],
    ]),
    participants: new Map([[1001, new Set([ANNA])]]),
    references: new Map([['root@client.example', [{ ticketNumber: 1001, isMessage: true }]]]),
    ...over,
  })

/** @returns when a ticket was closed so many days ago. */
export const closedBefore = (days: number): Partial<KnownTicket> => ({
  status: 'closed',
  closedAt: new Date(NOW - days * DAY),
})

/** A mail of Anna's to IT, as it waits in the ledger. */
export function candidate(
  mail: Partial<ParsedMail> = {},
  over: Partial<RoutingCandidate> & { envelopeFrom?: string; source?: 'imap' | 'smtp' } = {},
): RoutingCandidate {
  const { envelopeFrom = null, source = 'imap', ...rest } = over
  const parsed: ParsedMail = {
    internetId: 'new@client.example',
    inReplyTo: [],
    references: [],
    from: { address: ANNA, name: 'Anna Weber' },
    replyTo: [],
    to: [{ address: 'it@desk.test', name: '' }],
    cc: [],
    subject: 'The printer is broken',
    date: '2026-11-24T08:59:00.000Z',
    headers: [],
    text: 'It does not print any more since this morning.',
    textVisible: 'It does not print any more since this morning.',
    html: null,
    htmlFolded: false,
    attachments: [],
    report: null,
    automatic: { automatic: false, mayAnswer: true, reason: null },
    forwarded: null,
    flags: [],
    ...mail,
  }
  return {
    row: {
      id: 'mail-1',
      mailboxId: 'box-it',
      source,
      contentKey: 'key-1',
      blobSha256: '',
      size: 1,
      envelopeFrom,
      envelopeTo: [],
      internalDate: null,
    },
    mail: parsed,
    contentKey: 'key-1',
    answered: [...parsed.inReplyTo, ...parsed.references],
    internetIds: [],
    tokenTickets: [],
    subjectTicket: null,
    ticketNumbers: [],
    writers: [],
    ...rest,
  }
}

/** A decision of one kind; anything else fails the test. */
export function decided<K extends MailDecision['kind']>(
  kind: K,
  given: RoutingFacts,
  when: RoutingCandidate,
): MailDecision & { kind: K } {
  const decision = decideMail(when, given, book, NOW)
  if (decision.kind !== kind) throw new Error(`${decision.kind} instead of ${kind}`)
  return decision as MailDecision & { kind: K }
}
