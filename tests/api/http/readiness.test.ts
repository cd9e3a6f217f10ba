import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readinessOf, withoutParticulars } from '../../../api/http/readiness.ts'
import type { HealthCheck } from '../../../domain/health/contract.ts'

const since = '2026-11-24T09:15:00.000Z'
const check = (
  code: HealthCheck['code'],
  state: HealthCheck['state'],
  findings: HealthCheck['findings'],
): HealthCheck => ({ code, state, figures: {}, lookedAt: since, findings })

describe('what /readyz tells the world', () => {
  it('is the checks with state and reason, each once, and no text of anybody', () => {
    const failing = {
      state: 'attention' as const,
      reason: 'sender-failing' as const,
      since,
      values: {},
      detail: 'mail.inside.example said 554',
    }
    const whole = readinessOf({
      state: 'stopped',
      at: since,
      checks: [
        check('database', 'ok', []),
        check('disk', 'stopped', [
          {
            state: 'stopped',
            reason: 'disk-full',
            subject: '',
            since,
            values: { free: 3, folder: '/srv/secret-path' },
            detail: null,
          },
        ]),
        check('senders', 'attention', [
          { ...failing, subject: 'it@mail.inside.example:587' },
          { ...failing, subject: 'hr@mail.inside.example:587' },
        ]),
      ],
    })
    assert.match(JSON.stringify(whole), /secret-path.*hr@mail\.inside\.example:587.*said 554/s)
    const told = withoutParticulars(whole)
    assert.deepEqual(
      told.checks.map(({ name, ok, state, reason, values }) => [name, ok, state, reason, values]),
      [
        ['database', true, 'ok', null, {}],
        ['disk', false, 'stopped', 'disk-full', { free: 3, folder: '…' }],
        ['senders', false, 'attention', 'sender-failing', {}],
      ],
    )
    assert.equal(told.ready, whole.ready)
    assert.doesNotMatch(JSON.stringify(told), /inside|secret-path|554/)
  })
})
