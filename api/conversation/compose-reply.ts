import { sql } from 'kysely'
import type { CommandPayload } from '../../domain/commands.ts'
import { normaliseAddress } from '../../domain/mail-in/addresses.ts'
import type { MailAddress } from '../../domain/mail-in/parsed-mail.ts'
import { replySubject, withSubjectTicket } from '../../domain/mail-in/subject-token.ts'
import { preview, signed, type Written } from '../../domain/mail-out/body.ts'
import {
  fillHtmlTemplate,
  fillTemplate,
  type TemplateFacts,
} from '../../domain/mail-out/placeholders.ts'
import { threadHeaders } from '../../domain/mail-out/thread-headers.ts'
import { languageOf } from '../../languages/language.ts'
import { composeHtml, type InlineImage } from './composed-html.ts'
import { idDomain, newInternetId } from '../../platform/smtp/message-id.ts'
import {
  type Correspondence,
  correspondenceOf,
  type OutboundContext,
} from '../../application/mail-out/correspondence.ts'
import { insertOutbound } from '../../application/mail-out/outbound-message.ts'
import { takeMessageLock } from '../../platform/postgres/advisory-locks.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { bindFiles } from './attachment-binding.ts'
import { isSecondAttempt, newId } from '../http/idempotency/attempt.ts'
import { answeredMessage } from '../../application/mail-out/answered-message.ts'

/** An agent's answer as the API takes it: domain/conversation/contract.ts `newMessage`. */
export interface ReplyDraft {
  ticketNumber: number
  author: { id: string; name: string }
  text?: string | undefined
  html?: string | undefined
  /** The requester when left out. */
  to?: readonly string[] | undefined
  cc: readonly string[]
  attachmentIds: readonly string[]
  holdSeconds: number
  status?: 'open' | 'waiting' | 'solved' | undefined
  overrideReason?: string | undefined
}

export interface ComposedReply {
  messageId: string
  payload: CommandPayload<'reply'>
}

/**
 * Writes an agent's answer into the claim check, ready for the ticket's `reply` command:
 * recipients, Message-ID, threading headers, signature and attachments are settled here, before any
 * attempt to send. Call it inside a transaction; nothing is visible before the command's event.
 * @throws OutboundMessageError `ticket-not-found`, `reply-without-recipient`,
 *   `recipient-is-department`, `attachment-not-available`.
 */
export async function composeReply(
  db: Database,
  context: OutboundContext,
  draft: ReplyDraft,
): Promise<ComposedReply> {
  const id = newId()
  const before = isSecondAttempt() ? await writtenBefore(db, draft, id) : null
  if (before) return before
  const ticket = await ticketOf(db, draft)
  const writer = await correspondenceOf(db, context, ticket.departmentId, draft.ticketNumber)
  const parent = await answeredMessage(db, draft.ticketNumber)
  const { to, cc } = recipients(draft, ticket, writer)

  const facts: TemplateFacts = {
    'agent.name': draft.author.name,
    'ticket.number': String(draft.ticketNumber),
    'ticket.subject': ticket.subject,
    'department.name': writer.departmentName,
    'requester.name': ticket.requesterName || ticket.requesterEmail,
  }
  const { written, inline } = writtenBy(draft, facts, idDomain(writer.from))
  const signature = [ticket.authorSignature, writer.signature]
    .filter((part) => part?.trim())
    .map((part) => fillTemplate(part!, facts))
    .join('\n')
  const { text, html } = signed(written, signature)

  await insertOutbound(db, {
    id,
    ticketNumber: draft.ticketNumber,
    held: draft.holdSeconds > 0,
    automatic: false,
    oneWay: writer.oneWay,
    internetId: newInternetId(id, writer.from),
    ...threadHeaders(parent),
    from: writer.from,
    to,
    cc,
    replyTo: writer.replyTo,
    subject: replySubject(withSubjectTicket(ticket.subject, draft.ticketNumber)),
    text,
    textVisible: written.text,
    html,
    language: languageOf(parent?.language),
    authorId: draft.author.id,
  })
  await bindAttachments(db, id, draft, inline)

  return {
    messageId: id,
    payload: {
      messageId: id,
      to: [...to, ...cc].map(({ address }) => address),
      preview: preview(written.text),
      hasAttachments: draft.attachmentIds.length > 0,
      oneWay: writer.oneWay,
      ...wishes(draft),
    },
  }
}

/**
 * A request that was not answered is made again: what it wrote down the first time stands, and is
 * told to the ticket once more.
 */
async function writtenBefore(
  db: Database,
  draft: ReplyDraft,
  id: string,
): Promise<ComposedReply | null> {
  // The attempt before may still be at it.
  await takeMessageLock(db, 'write', id)
  const row = await db
    .selectFrom('message as m')
    .select((eb) => [
      'm.one_way as oneWay',
      'm.text_visible as text',
      'm.to',
      'm.cc',
      eb
        .exists(
          eb
            .selectFrom('attachment as f')
            .select('f.id')
            .whereRef('f.message_id', '=', 'm.id')
            .where('f.inline', '=', false),
        )
        .$castTo<boolean>()
        .as('hasAttachments'),
    ])
    .where('m.id', '=', id)
    .executeTakeFirst()
  if (!row) return null
  const { oneWay, text, to, cc, hasAttachments } = row
  return {
    messageId: id,
    payload: {
      messageId: id,
      to: [...to, ...cc].map(({ address }) => address),
      preview: preview(text),
      hasAttachments,
      oneWay,
      ...wishes(draft),
    },
  }
}

/** What the ticket is asked to do with an answer. */
const wishes = ({
  holdSeconds,
  status,
  overrideReason,
}: ReplyDraft): Pick<CommandPayload<'reply'>, 'holdMs' | 'status' | 'overrideReason'> => ({
  holdMs: holdSeconds * 1000,
  ...(status ? { status } : {}),
  ...(overrideReason ? { overrideReason } : {}),
})

type TicketFacts = Awaited<ReturnType<typeof ticketOf>>

async function ticketOf(db: Database, { ticketNumber, author }: ReplyDraft) {
  const row = await db
    .selectFrom('ticket')
    .select((eb) => [
      'subject',
      'department_id as departmentId',
      'requester_email as requesterEmail',
      'requester_name as requesterName',
      eb
        .selectFrom('app_user as u')
        .select(sql<string | null>`u.preferences->>'signature'`.as('signature'))
        .where('u.id', '=', author.id)
        .as('authorSignature'),
    ])
    .where('number', '=', ticketNumber)
    .executeTakeFirst()
  if (!row)
    throw new OutboundMessageError('ticket-not-found', `There is no ticket #${ticketNumber}.`)
  return row
}

/**
 * Copies to the department itself are left out: it has the message. Another department would never
 * see it, and the writer is told so.
 */
function recipients(
  draft: ReplyDraft,
  ticket: TicketFacts,
  { isOwn, otherDepartment }: Correspondence,
): { to: MailAddress[]; cc: MailAddress[] } {
  const named = (address: string): MailAddress => ({
    address,
    name: address === ticket.requesterEmail ? ticket.requesterName : '',
  })
  const outside = (addresses: readonly string[]): string[] =>
    [...new Set(addresses.map(normaliseAddress))].filter(
      (address) => address !== '' && !isOwn(address),
    )
  for (const address of [...(draft.to ?? []), ...draft.cc]) {
    const department = otherDepartment(address)
    if (department !== null)
      throw new OutboundMessageError(
        'recipient-is-department',
        `${address} is the mailbox of ${department}, and mail from a ticket to it would come back. Open a complementary request for ${department}, or move the ticket there.`,
      )
  }
  const to = outside(draft.to ?? [ticket.requesterEmail])
  if (to.length === 0) {
    throw new OutboundMessageError(
      'reply-without-recipient',
      'Name at least one recipient who is not one of your own mailboxes: mail to those would come back as a new message.',
    )
  }
  return {
    to: to.map(named),
    cc: outside(draft.cc)
      .filter((address) => !to.includes(address))
      .map(named),
  }
}

function writtenBy(
  draft: ReplyDraft,
  facts: TemplateFacts,
  domain: string,
): { written: Written; inline: InlineImage[] } {
  if (draft.html === undefined || draft.html.trim() === '')
    return { written: { text: fillTemplate(draft.text ?? '', facts), html: null }, inline: [] }
  const composed = composeHtml(draft.html, domain)
  return {
    written: {
      text: fillTemplate(composed.text, facts),
      html: fillHtmlTemplate(composed.html, facts),
    },
    inline: composed.inline,
  }
}

/** Its files, and the pictures in its text. */
async function bindAttachments(
  db: Database,
  messageId: string,
  { attachmentIds, author }: ReplyDraft,
  inline: readonly InlineImage[],
): Promise<void> {
  const ids = new Set(
    [...attachmentIds, ...inline.map((image) => image.attachmentId)].map((id) => id.toLowerCase()),
  )
  const files = [...ids].map((id) => ({
    id,
    contentId: inline.find((image) => image.attachmentId === id)?.contentId ?? null,
  }))
  if (!(await bindFiles(db, { message_id: messageId }, files, author.id)))
    throw new OutboundMessageError(
      'attachment-not-available',
      'An attachment is not there any more, or belongs to another message. Remove it and upload it again.',
    )
}

/** Why an answer cannot be written down. `code` is stable for programs. */
export class OutboundMessageError extends Error {
  constructor(
    readonly code:
      | 'ticket-not-found'
      | 'reply-without-recipient'
      | 'recipient-is-department'
      | 'attachment-not-available',
    message: string,
  ) {
    super(message)
  }
}
