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
