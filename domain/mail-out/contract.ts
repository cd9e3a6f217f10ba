import { z } from 'zod'
import { emailAddress } from '../vocabulary.ts'
import { hostName, portNumber } from '../contract.ts'
import { onOneLine, singleLine } from '../single-line.ts'

export const smtpSettings = z
  .object({
    host: hostName,
    port: portNumber.default(587),
    secure: z.boolean().default(false),
    user: singleLine(254).nullish(),
    password: z.string().nullish(),
    allowInvalidCertificate: z.boolean().default(false),
  })
  .meta({ id: 'SmtpSettings' })

export type SmtpSettings = z.infer<typeof smtpSettings>

/** `from` is an address or `Name <address>`. */
export const senderFrom = z
  .string()
  .overwrite(onOneLine)
  .trim()
  .min(3)
  .max(400)
  .regex(
    /^(?:[^<>\r\n]*<[^\s@<>]+@[^\s@<>]+>|[^\s@<>]+@[^\s@<>]+)$/,
    'is it@example.com or IT Support <it@example.com>',
  )

export const dkimSettings = z.object({
  domain: hostName,
  selector: singleLine(63).min(1),
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
