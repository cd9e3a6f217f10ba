import { z } from 'zod'
import { singleLine } from '../single-line.ts'
import { explanation } from '../explanation.ts'
import { emailAddress, person } from '../vocabulary.ts'
import { isoTime, page } from '../contract.ts'

export const template = z
  .object({ id: z.uuid(), name: z.string(), body: z.string(), departmentId: z.uuid().nullable() })
  .meta({ id: 'Template' })

export const newTemplate = z
  .object({
    name: singleLine(100).min(1),
    body: z.string().max(20_000),
    departmentId: z.uuid().nullish(),
  })
  .meta({ id: 'NewTemplate' })

export const templateChange = newTemplate.partial().meta({ id: 'TemplateChange' })

const address = z.object({ address: z.string(), name: z.string() })

export const attachment = z
  .object({
    id: z.uuid(),
    filename: z.string(),
    contentType: z.string(),
    size: z.number().int(),
    inline: z.boolean(),
    contentId: z.string().nullable(),
  })
  .meta({ id: 'Attachment' })

export type Attachment = z.infer<typeof attachment>

/** One e-mail of the Conversations section. */
export const message = z
  .object({
    id: z.uuid(),
    /** The ticket that it came to or was written in: another one after a merge or a split. */
    ticketNumber: z.number().int(),
    /** The event that made it visible: its location in that ticket's history. */
    eventNo: z.number().int(),
    direction: z.enum(['inbound', 'outbound']),
    state: z.enum([
      'received',
      'held',
      'queued',
      'sending',
      'sent',
      'failed',
      'doubtful',
      'bounced',
    ]),
    /** In English, for programs; the next says the same in no language. */
    stateDetail: z.string().nullable(),
    stateExplanation: explanation.nullable(),
    automatic: z.boolean(),
    oneWay: z.boolean(),
    from: address,
    to: z.array(address),
    cc: z.array(address),
    subject: z.string(),
    text: z.string(),
    /** Without quoted text and signature. */
    textVisible: z.string(),
    /**
     * Sanitised; inline images as /api/v1/attachments/:id; remote images in data-remote-src until
     * asked for.
     */
    html: z.string().nullable(),
    hasRemoteImages: z.boolean(),
    /** stranger | forwarded | signed | encrypted | calendar | unauthenticated … */
    flags: z.array(z.string()),
    author: person.nullable(),
    internetId: z.string().nullable(),
    /** Message-ID of the message that it answers, also of one that never came here. */
    inReplyTo: z.string().nullable(),
    attachments: z.array(attachment),
    date: isoTime,
    createdAt: isoTime,
    /** Until when the reply is held back. */
    heldUntil: isoTime.nullable(),
    /** Nothing has begun to send it: it can be taken back. */
    revocable: z.boolean(),
    hasSource: z.boolean(),
  })
  .meta({ id: 'Message' })

export type Message = z.infer<typeof message>

/** To how many an answer goes at most, and as many in copy. */
export const MOST_RECIPIENTS = 50

export const newMessage = z
  .object({
    text: z.string().max(500_000).optional(),
    html: z.string().max(2_000_000).optional(),
    /** Default: the requester. */
    to: z.array(emailAddress).max(MOST_RECIPIENTS).optional(),
    cc: z.array(emailAddress).max(MOST_RECIPIENTS).default([]),
    attachmentIds: z.array(z.uuid()).max(100).default([]),
    /** What the ticket becomes with it. */
    status: z.enum(['open', 'waiting', 'solved']).optional(),
    /**
     * Why it solves the ticket although required tasks are open: refused as `tasks-open` without.
     */
    overrideReason: z.string().trim().min(1).max(500).optional(),
    /** Seconds for which it can be taken back; 0 sends at once. */
    holdSeconds: z.number().int().min(0).max(600).default(0),
  })
  .refine((m) => (m.text ?? '').trim() !== '' || (m.html ?? '').trim() !== '', {
    message: 'Write something: give text or html.',
    path: ['text'],
  })
  .meta({
    id: 'NewMessage',
    examples: [{ text: 'Please switch it off and on again.', status: 'waiting', holdSeconds: 10 }],
  })

export type NewMessage = z.infer<typeof newMessage>

export const note = z
  .object({
    id: z.uuid(),
    ticketNumber: z.number().int(),
    eventNo: z.number().int(),
    author: z.object({ id: z.uuid().nullable(), name: z.string() }),
    text: z.string(),
    attachments: z.array(attachment),
    createdAt: isoTime,
  })
  .meta({ id: 'Note' })

export type Note = z.infer<typeof note>

export const newNote = z
  .object({
    text: z.string().trim().min(1).max(500_000),
    attachmentIds: z.array(z.uuid()).max(100).default([]),
  })
  .meta({ id: 'NewNote' })

export const messagePage = page(message).meta({ id: 'MessagePage' })

export const notePage = page(note).meta({ id: 'NotePage' })

/** GET /outbox: every outbound message with its state. */
export const outboxItem = z
  .object({
    id: z.uuid(),
    ticketNumber: z.number().int(),
    state: message.shape.state,
    /** In English, for programs; the next says the same in no language. */
    stateDetail: z.string().nullable(),
    stateExplanation: explanation.nullable(),
    from: address,
    to: z.array(address),
    subject: z.string(),
    automatic: z.boolean(),
    oneWay: z.boolean(),
    via: z.enum(['department', 'default-relay', 'outbox']).nullable(),
    createdAt: isoTime,
    sentAt: isoTime.nullable(),
  })
  .meta({ id: 'OutboxItem' })
