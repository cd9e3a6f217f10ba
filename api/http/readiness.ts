import type { z } from 'zod'
import type { HealthCheck, HealthReport, readiness } from '../../domain/health/contract.ts'
import type { CheckCode } from '../../domain/health/vocabulary.ts'
import { inEnglish } from '../../languages/explanation.ts'
import { say } from '../../languages/mail-words.ts'

type Readiness = z.infer<typeof readiness>

/** Without knowing these nobody can say that it works. */
const needed: readonly CheckCode[] = ['database', 'temporal', 'workers']

/** What a probe is told: everything that is wrong by name, and what is right by its check's. */
export const readinessOf = ({ checks }: HealthReport): Readiness => ({
  ready: checks.every(
    ({ code, state }) => state !== 'stopped' && !(state === 'unknown' && needed.includes(code)),
  ),
  checks: checks.flatMap(named),
})

/**
 * The same for whoever asks from elsewhere: which checks are not well, how many and how much, and nothing
 * that a server said, no address, no host and no path.
 */
export const withoutParticulars = ({ ready, checks }: Readiness): Readiness => {
  const seen = new Set<string>()
  return {
    ready,
    checks: checks.flatMap((check) => {
      const name = check.name.split(' ')[0] ?? ''
      const key = `${name} ${check.reason ?? ''} ${check.state}`
      if (seen.has(key)) return []
      seen.add(key)
      const detail = check.reason === null ? check.detail : ELSEWHERE
      return [{ ...check, name, values: withoutTexts(check.values), detail }]
    }),
  }
}

/** The web app's sentences need a value for each name. */
const withoutTexts = (values: Readiness['checks'][number]['values']): typeof values =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, typeof value === 'number' ? value : '…']),
  )

const ELSEWHERE =
  'What is wrong is told to callers on this machine or in a private network, and under Settings → Health.'

function named({ code, state, findings }: HealthCheck): Readiness['checks'] {
  if (findings.length === 0)
    return [
      {
        name: code,
        ok: state === 'ok',
        state,
        since: null,
        reason: null,
        values: {},
        detail: say('en', state === 'ok' ? 'health.well' : 'health.unknown'),
      },
    ]
  return findings.map((finding) => ({
    name: finding.subject ? `${code} ${finding.subject}` : code,
    ok: false,
    state: finding.state,
    since: finding.since,
    reason: finding.reason,
    values: finding.values,
    detail: [
      say('en', `health.what.${finding.reason}`, finding.values),
      ...(finding.detail === null ? [] : [inEnglish(finding.detail)]),
      say('en', `health.todo.${finding.reason}`, finding.values),
    ].join(' '),
  }))
}
