import { z } from 'zod'
import { isoTime } from '../contract.ts'
import { explanation } from '../explanation.ts'
import { checkCode, healthReason, healthState } from './vocabulary.ts'

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
