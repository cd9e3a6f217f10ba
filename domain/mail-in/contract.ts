import { z } from 'zod'
import { emailAddress } from '../vocabulary.ts'
import { onOneLine, singleLine } from '../single-line.ts'
import { explanation } from '../explanation.ts'
import { hostName, isoTime, portNumber } from '../contract.ts'

const oauth2 = z.object({
  provider: z.enum(['microsoft', 'google']),
  clientId: singleLine(200).min(1),
  clientSecret: singleLine(500).default(''),
  refreshToken: singleLine(8000).min(1),
  /** Microsoft: the directory (tenant) id. */
  tenant: singleLine(200).default('common'),
})

/** What becomes of a mail on the server: keep | flag | delete | move:<folder> */
export const afterImport = z
  .string()
  .overwrite(onOneLine)
  .trim()
  .regex(/^(keep|flag|delete|move:.+)$/, 'must be keep, flag, delete or move:<folder>')

const folder = singleLine(500).min(1)

const imapFields = z.object({
  host: hostName,
  port: portNumber,
  /** TLS from the first byte. Without it STARTTLS is used when the server offers it. */
  secure: z.boolean(),
  user: singleLine(254).min(1),
  /** Never sent back. When changing other settings, leave it out to keep the stored one. */
  password: z.string().min(1).optional(),
  oauth2: oauth2.optional(),
  folder,
  afterImport,
  allowInvalidCertificate: z.boolean(),
})

export const imapSettings = imapFields
  .extend({
    port: portNumber.default(993),
    secure: z.boolean().default(true),
    folder: folder.default('INBOX'),
    afterImport: afterImport.default('keep'),
    allowInvalidCertificate: z.boolean().default(false),
  })
  .meta({ id: 'ImapSettings' })
export type ImapSettings = z.infer<typeof imapSettings>

/** What is left out stays as it is stored; another host needs the password again. */
export const imapChange = imapFields.partial().meta({ id: 'ImapChange' })
export type ImapChange = z.infer<typeof imapChange>

/** Without `imap` the address is served by the built-in SMTP receiver alone. */
export const newMailbox = z
  .object({
    address: emailAddress,
    aliases: z.array(emailAddress).default([]),
    /**
     * Does the server deliver it+tag@… to it@… (RFC 5233)? Answers then come back under a signed
     * address; without, they are threaded by References alone.
     */
    plusAddresses: z.boolean().default(true),
    departmentId: z.uuid(),
    imap: imapSettings.optional(),
    enabled: z.boolean().default(true),
  })
  .meta({ id: 'NewMailbox' })
export const mailboxChange = z
  .object({
    address: emailAddress,
    aliases: z.array(emailAddress),
    plusAddresses: z.boolean(),
    departmentId: z.uuid(),
    imap: imapChange.nullable(),
    enabled: z.boolean(),
  })
  .partial()
  .meta({ id: 'MailboxChange' })

/** How its watching goes, as it is stored. */
export const mailboxStatus = z.enum(['new', 'connecting', 'watching', 'failed'])

export const mailbox = z
  .object({
    id: z.uuid(),
    address: z.string(),
    aliases: z.array(z.string()),
    plusAddresses: z.boolean(),
    departmentId: z.uuid(),
    enabled: z.boolean(),
    imap: imapFields
      .omit({ password: true, oauth2: true })
      .extend({ hasPassword: z.boolean(), oauth2Provider: z.string().nullable() })
      .nullable(),
    status: z.enum([...mailboxStatus.options, 'receiving', 'disabled']),
    /** In English, for programs; the next says the same in no language. */
    lastError: z.string().nullable(),
    lastErrorExplanation: explanation.nullable(),
    lastContactAt: isoTime.nullable(),
    /** The ledger in figures: mails by their end. `waiting` have none yet. */
    ledger: z.object({
      ticket: z.number(),
      reply: z.number(),
      report: z.number(),
      duplicate: z.number(),
      ignored: z.number(),
      quarantine: z.number(),
      waiting: z.number(),
    }),
  })
  .meta({ id: 'Mailbox' })
export type Mailbox = z.infer<typeof mailbox>

/**
 * POST /mailboxes/test takes unsaved settings; POST /mailboxes/:id/test the stored ones, with
 * changes in the body if any.
 */
export const mailboxTest = z.object({ imap: imapChange.optional() }).meta({ id: 'MailboxTest' })

export const quarantineItem = z
  .object({
    id: z.uuid(),
    mailbox: z.string(),
    /** What could be read of it. */
    from: z.string(),
    subject: z.string(),
    /** In English, for programs; the next says the same in no language. */
    reason: z.string(),
    reasonExplanation: explanation,
    size: z.number().int(),
    storedAt: isoTime,
    attempts: z.number().int(),
  })
  .meta({ id: 'QuarantineItem' })
