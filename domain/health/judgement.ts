import type { Explanation } from '../explanation.ts'
import type { HealthCheck, HealthFinding, HealthReport } from './contract.ts'
import type { CheckCode, HealthReason, HealthState } from './vocabulary.ts'

/** Something wrong, as a look has found it. */
export interface Trouble {
  reason: HealthReason
  state: 'attention' | 'stopped'
  subject?: string
  /** Since when, where the rows say so. Absent: since the last look that did not find it. */
  since?: Date | undefined
  /** Seconds that it may be so before it is told. */
  gracePeriod: number
  detail?: Explanation | null
  values?: Record<string, string | number>
}

/** What one look came to. */
export interface Look {
  troubles: readonly Trouble[]
  /** What was counted and measured, for the page and for Prometheus. */
  figures?: Readonly<Record<string, number>>
}

/** A trouble by its name: the same one at the next look. */
export const troubleKey = ({ reason, subject = '' }: Pick<Trouble, 'reason' | 'subject'>): string =>
  `${reason} ${subject}`

/** What is remembered of one check between its looks. */
export interface Observed {
  code: CheckCode
  /** The last look that came to an answer. Milliseconds since 1970; null: none yet. */
  lookedAt: number | null
  look: Look
  /** When each trouble was not there for the last time, by its key. Milliseconds since 1970. */
  wellUntil: ReadonlyMap<string, number>
  /** What has been there ever since the first look: nobody knows that it was ever well. */
  neverWell: ReadonlySet<string>
}

/**
 * What is remembered after another look.
 * @param before null: it is the first.
 * @param began when the look began: what it finds has been so at least since then.
 */
export function observe(
  before: Observed | null,
  code: CheckCode,
  look: Look,
  began: number,
  now: number,
): Observed {
  const keys = look.troubles.map(troubleKey)
  return {
    code,
    lookedAt: now,
    look,
    wellUntil: new Map(
      keys.map((key) => [key, before?.wellUntil.get(key) ?? before?.lookedAt ?? began]),
    ),
    neverWell: new Set(keys.filter((key) => before === null || before.neverWell.has(key))),
  }
}

/**
 * @param ms by which the clock was put, forward or back: what is remembered goes with it.
 */
export const shifted = (observed: Observed, ms: number): Observed => ({
  ...observed,
  lookedAt: observed.lookedAt === null ? null : observed.lookedAt + ms,
  wellUntil: new Map([...observed.wellUntil].map(([key, at]) => [key, at + ms])),
})

/**
 * A check as it stands now. A trouble that has lasted for less than its grace period is not told yet,
 * unless it stops work and nobody has seen it work before.
 * @param now milliseconds since 1970.
 * @param stale milliseconds after which what an earlier look found is no longer known.
 */
export function judge(observed: Observed, now: number, stale: number): HealthCheck {
  const { code, look, lookedAt, wellUntil, neverWell } = observed
  const findings = look.troubles.flatMap((trouble): HealthFinding[] => {
    const { reason, state, subject = '', detail = null, values = {}, gracePeriod } = trouble
    const key = troubleKey(trouble)
    const since = trouble.since?.getTime() ?? wellUntil.get(key) ?? now
    const patient = state === 'attention' || !neverWell.has(key)
    if (patient && now - since < gracePeriod * 1000) return []
    return [{ state, reason, subject, since: new Date(since).toISOString(), detail, values }]
  })
  const known = lookedAt !== null && now - lookedAt < stale
  return {
    code,
    state: known ? worst(findings.map(({ state }) => state)) : 'unknown',
    figures: { ...look.figures },
    lookedAt: lookedAt === null ? null : new Date(lookedAt).toISOString(),
    findings: known ? findings : [],
  }
}

/** All checks together. */
export const reportOf = (checks: readonly HealthCheck[], now: number): HealthReport => ({
  state: worst(checks.map(({ state }) => state)),
  at: new Date(now).toISOString(),
  checks: [...checks],
})

const ranks: readonly HealthState[] = ['ok', 'unknown', 'attention', 'stopped']

const worst = (states: readonly HealthState[]): HealthState =>
  ranks[Math.max(0, ...states.map((state) => ranks.indexOf(state)))] ?? 'ok'
