import { z } from 'zod'
import { FALLBACK, languages } from '../../languages/language.ts'
import { connectionTest, isoTime } from '../contract.ts'
import { explanation } from '../explanation.ts'
import { emailAddress } from '../vocabulary.ts'
import { alertChannel, checkCode, healthReason, healthState } from './vocabulary.ts'

/** One thing that is wrong. */
export const healthFinding = z
  .object({
    state: z.enum(['attention', 'stopped']),
    reason: healthReason,
    /** Which of several: a mailbox's address, an account, a process; empty where there is one. */
    subject: z.string(),
    since: isoTime,
    /** What the other side said. */
    detail: explanation.nullable(),
    /** What the sentences of the reason name. */
    values: z.record(z.string(), z.union([z.string(), z.number()])),
  })
  .meta({ id: 'HealthFinding' })
export type HealthFinding = z.infer<typeof healthFinding>

export const healthCheck = z
  .object({
    code: checkCode,
    state: healthState,
    /** What was counted and measured, by name; empty where nothing was. */
    figures: z.record(z.string(), z.number()),
    /** When it was looked at last; null: not yet. */
    lookedAt: isoTime.nullable(),
    findings: z.array(healthFinding),
  })
  .meta({ id: 'HealthCheck' })
export type HealthCheck = z.infer<typeof healthCheck>

export const healthReport = z
  .object({
    /** The worst of all checks. */
    state: healthState,
    at: isoTime,
    checks: z.array(healthCheck),
  })
  .meta({ id: 'HealthReport' })
export type HealthReport = z.infer<typeof healthReport>

/** GET /readyz. `name` is the check's code, with the subject of a finding behind it. */
export const readiness = z
  .object({
    ready: z.boolean(),
    checks: z.array(
      z.object({
        name: z.string(),
        ok: z.boolean(),
        state: healthState,
        since: isoTime.nullable(),
        /** What is wrong, in no language; null where nothing is. */
        reason: healthReason.nullable(),
        values: z.record(z.string(), z.union([z.string(), z.number()])),
        /** In English, for operators. */
        detail: z.string(),
      }),
    ),
  })
  .meta({ id: 'Readiness' })

/** Where alerts go that are sent to a program: https, or http within a network of one's own. */
const webhookUrl = z
  .url({ protocol: /^https?$/, error: 'is an address such as https://alerts.example.com/guichet' })
  .max(2000)
  .refine((url) => !/^https?:\/\/[^/?#]*@/i.test(url), 'must not hold a name and password')

/** 24 to 64 bytes in base64 behind `whsec_`: https://www.standardwebhooks.com, Signature scheme. */
const webhookSecret = z
  .string()
  .regex(/^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/, 'is whsec_ followed by 24 to 64 bytes in base64')

/** Who is told when something is wrong. Without addresses and webhook nobody is. */
export const alertSettings = z
  .object({
    /** Who gets a mail. */
    addresses: z.array(emailAddress).max(20),
    language: z.enum(languages),
    webhook: z.object({ url: webhookUrl }).nullable(),
    /** Hours after which what is still wrong is told again. */
    repeatAfter: z.number().int().min(1).max(168),
  })
  .meta({ id: 'AlertSettings' })
export type AlertSettings = z.infer<typeof alertSettings>

export const noAlerts: AlertSettings = {
  addresses: [],
  language: FALLBACK,
  webhook: null,
  repeatAfter: 24,
}

/** PUT /health/alerts: a secret that is left out stays as it is stored. */
export const newAlertSettings = alertSettings
  .extend({ webhook: z.object({ url: webhookUrl, secret: webhookSecret.optional() }).nullable() })
  .meta({ id: 'NewAlertSettings' })
export type NewAlertSettings = z.infer<typeof newAlertSettings>

/** POST /health/alerts/test: what became of one message through each channel that is set up. */
export const alertTest = z
  .array(connectionTest.extend({ channel: alertChannel }))
  .meta({ id: 'AlertTest' })
export type AlertTest = z.infer<typeof alertTest>
