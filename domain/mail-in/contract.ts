import { z } from 'zod'
import { emailAddress, priority } from '../vocabulary.ts'
import { isoTime } from '../contract.ts'

export const department = z
  .object({
    id: z.uuid(),
    name: z.string(),
    signature: z.string(),
    acknowledge: z.boolean(),
    /** Official address replies leave from; null: DoNotReply, one-way. */
    senderFrom: z.string().nullable(),
    mailboxAddresses: z.array(z.string()),
  })
  .meta({ id: 'Department' })
export type Department = z.infer<typeof department>

export const newDepartment = z
  .object({
    name: z.string().trim().min(1).max(100),
    signature: z.string().max(4000).default(''),
    acknowledge: z.boolean().default(true),
  })
  .meta({ id: 'NewDepartment' })
export const departmentChange = z
  .object({
    name: z.string().trim().min(1).max(100),
    signature: z.string().max(4000),
    acknowledge: z.boolean(),
  })
  .partial()
  .meta({ id: 'DepartmentChange' })

const hostName = z.string().trim().min(1).max(255)
const portNumber = z.number().int().min(1).max(65535)

const oauth2 = z.object({
  provider: z.enum(['microsoft', 'google']),
  clientId: z.string().min(1),
  clientSecret: z.string().default(''),
  refreshToken: z.string().min(1),
  /** Microsoft: the directory (tenant) id. */
  tenant: z.string().default('common'),
})

/** What becomes of a mail on the server: keep | flag | delete | move:<folder> */
export const afterImport = z
  .string()
  .regex(/^(keep|flag|delete|move:.+)$/, 'must be keep, flag, delete or move:<folder>')

const imapFields = z.object({
  host: hostName,
  port: portNumber,
  /** TLS from the first byte. Without it STARTTLS is used when the server offers it. */
  secure: z.boolean(),
  user: z.string().min(1),
  /** Never sent back. When changing other settings, leave it out to keep the stored one. */
  password: z.string().min(1).optional(),
  oauth2: oauth2.optional(),
  folder: z.string().min(1),
  afterImport,
  allowInvalidCertificate: z.boolean(),
})

export const imapSettings = imapFields
  .extend({
    port: portNumber.default(993),
    secure: z.boolean().default(true),
    folder: z.string().min(1).default('INBOX'),
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
    status: z.enum(['new', 'connecting', 'watching', 'failed', 'receiving', 'disabled']),
    lastError: z.string().nullable(),
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

export const smtpSettings = z
  .object({
    host: hostName,
    port: portNumber.default(587),
    secure: z.boolean().default(false),
    user: z.string().nullish(),
    password: z.string().nullish(),
    allowInvalidCertificate: z.boolean().default(false),
  })
  .meta({ id: 'SmtpSettings' })
export type SmtpSettings = z.infer<typeof smtpSettings>

/** `from` is an address or `Name <address>`. */
export const senderFrom = z
  .string()
  .trim()
  .min(3)
  .max(400)
  .regex(
    /^(?:[^<>\r\n]*<[^\s@<>]+@[^\s@<>]+>|[^\s@<>]+@[^\s@<>]+)$/,
    'is it@example.com or IT Support <it@example.com>',
  )
export const dkimSettings = z.object({
  domain: hostName,
  selector: z.string().min(1),
  privateKey: z.string().min(1).optional(),
})
export const newSender = z
  .object({ from: senderFrom, smtp: smtpSettings, dkim: dkimSettings.nullish() })
  .meta({ id: 'NewSender' })
export const sender = z
  .object({
    from: z.string(),
    smtp: smtpSettings
      .omit({ password: true })
      .extend({ user: z.string().nullable(), hasPassword: z.boolean() }),
    dkim: dkimSettings.omit({ privateKey: true }).nullable(),
  })
  .meta({ id: 'Sender' })
export type Sender = z.infer<typeof sender>
/**
 * GET /departments/:id/sender: null when the department has none; `oneWayFrom` is what it then
 * writes as.
 */
export const senderState = z
  .object({ sender: sender.nullable(), oneWayFrom: z.string() })
  .meta({ id: 'SenderState' })
/**
 * POST /departments/:id/sender/test: `to` receives a test mail; without it only the connection and
 * sign-in are tried.
 */
export const senderTest = z
  .object({ to: emailAddress.optional(), sender: newSender.optional() })
  .meta({ id: 'SenderTest' })

/**
 * What choosing a category sets, where the change does not say otherwise; what is null comes from
 * the category around it.
 */
const categoryDefaults = {
  defaultDepartmentId: z.uuid().nullable(),
  defaultOwnerId: z.uuid().nullable(),
  defaultPriority: priority.nullable(),
}
export const category = z
  .object({
    id: z.uuid(),
    name: z.string(),
    parentId: z.uuid().nullable(),
    departmentId: z.uuid().nullable(),
    ...categoryDefaults,
  })
  .meta({ id: 'Category' })
export const newCategory = z
  .object({
    name: z.string().trim().min(1).max(100),
    parentId: z.uuid().nullish(),
    departmentId: z.uuid().nullish(),
    defaultDepartmentId: z.uuid().nullish(),
    defaultOwnerId: z.uuid().nullish(),
    defaultPriority: priority.nullish(),
  })
  .meta({ id: 'NewCategory' })

export const template = z
  .object({ id: z.uuid(), name: z.string(), body: z.string(), departmentId: z.uuid().nullable() })
  .meta({ id: 'Template' })
export const newTemplate = z
  .object({
    name: z.string().trim().min(1).max(100),
    body: z.string().max(20_000),
    departmentId: z.uuid().nullish(),
  })
  .meta({ id: 'NewTemplate' })

export const categoryChange = newCategory.partial().meta({ id: 'CategoryChange' })
export const templateChange = newTemplate.partial().meta({ id: 'TemplateChange' })
