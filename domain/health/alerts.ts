import type { HealthFinding, HealthReport } from './contract.ts'
import { troubleKey } from './judgement.ts'
import type { AlertChannel, CheckCode } from './vocabulary.ts'

/** One thing that is wrong, as an alert tells it. */
export interface AlertSubject {
  check: CheckCode
  finding: HealthFinding
}

/** What has been told of one thing through one channel. Times are milliseconds since 1970. */
export interface Told {
  subject: AlertSubject
  /** Null: it could not be sent yet. */
  toldAt: number | null
  /** Since when it is not wrong any more. */
  wellSince: number | null
}

/** `began`: it is wrong. `still`: it is wrong as before. `ended`: it is not wrong any more. */
export type AlertKind = 'began' | 'still' | 'ended'

/** What is to be done next about one thing through one channel. */
export interface AlertStep {
  step: AlertKind | 'wrong-again' | 'well-again' | 'forget'
  key: string
  subject: AlertSubject
  /** What had been told when this was decided. */
  told: Told | null
}

/**
 * What went wrong again within this time was never over: whatever comes and goes is told once, and
 * its end once. Milliseconds.
 */
export const OVER_AFTER = 5 * 60_000

/** While work stands still, these follow from it: they are told when it goes on and they stay. */
const consequences: ReadonlySet<CheckCode> = new Set(['mail', 'commands', 'outbox', 'tickets'])

/**
 * @param told what has been told through this channel, by the key of the trouble.
 * @param now milliseconds since 1970.
 * @param pause milliseconds after which what is still wrong is told again.
 * @returns what is to be told now, and what is to be remembered. What is not known is left alone.
 */
export function alertSteps(
  channel: AlertChannel,
  report: HealthReport,
  told: ReadonlyMap<string, Told>,
  now: number,
  pause: number,
): AlertStep[] {
  const stopped = report.checks.some(({ state }) => state === 'stopped')
  const wrong = new Map(
    report.checks.flatMap(({ code, findings }) =>
      findings
        .filter(() => !(stopped && consequences.has(code)))
        // That a channel fails cannot be told through it.
        .filter(({ reason }) => reason !== `alert-${channel}-failing`)
        .map((finding) => [troubleKey(finding), { check: code, finding }] as const),
    ),
  )
  const known = new Set(
    report.checks
      .filter(({ state, code }) => state !== 'unknown' && !(stopped && consequences.has(code)))
      .map(({ code }) => code),
  )
  const here = [...wrong].map(([key, subject]): AlertStep | null => {
    const before = told.get(key) ?? null
    const step = stepOfWrong(before, now, pause)
    return step && { step, key, subject, told: before }
  })
  const gone = [...told].map(([key, before]): AlertStep | null => {
    if (wrong.has(key) || !known.has(before.subject.check)) return null
    const step = stepOfWell(before, now)
    return step && { step, key, subject: before.subject, told: before }
  })
  return [...here, ...gone].filter((step) => step !== null)
}

function stepOfWrong(told: Told | null, now: number, pause: number): AlertStep['step'] | null {
  if (told?.toldAt == null) return 'began'
  if (now - told.toldAt >= pause) return 'still'
  return told.wellSince === null ? null : 'wrong-again'
}

function stepOfWell({ toldAt, wellSince }: Told, now: number): AlertStep['step'] | null {
  if (toldAt === null) return 'forget'
  if (wellSince === null) return 'well-again'
  return now - wellSince >= OVER_AFTER ? 'ended' : null
}
