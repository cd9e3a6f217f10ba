import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { alertSteps, OVER_AFTER, type Told } from '../../../domain/health/alerts.ts'
import type { HealthFinding, HealthReport } from '../../../domain/health/contract.ts'
import type { HealthReason } from '../../../domain/health/vocabulary.ts'

const MINUTE = 60_000
const PAUSE = 60 * MINUTE

const found = (reason: HealthReason, subject = ''): HealthFinding => ({
  state: 'attention',
  reason,
  subject,
  since: new Date(0).toISOString(),
  detail: null,
  values: {},
})

const reportOf = (findings: HealthFinding[], known = true): HealthReport => ({
  state: 'attention',
  at: new Date(0).toISOString(),
  checks: [
    {
      code: 'mailboxes',
      state: known ? 'attention' : 'unknown',
      figures: {},
      lookedAt: null,
      findings: known ? findings : [],
    },
  ],
})

/** Somebody who is told, through one channel, and everything that they were told, by minute. */
class Reader {
  #told = new Map<string, Told>()
  readonly heard: string[] = []

  look(minute: number, report: HealthReport): void {
    const now = minute * MINUTE
    for (const { step, key, subject, told } of alertSteps('mail', report, this.#told, now, PAUSE)) {
      if (step === 'began' || step === 'still' || step === 'ended')
        this.heard.push(`${minute} ${step}${subject.finding.subject}`)
      if (step === 'ended' || step === 'forget') this.#told.delete(key)
      else if (step === 'began' || step === 'still')
        this.#told.set(key, { subject, toldAt: now, wellSince: null })
      else
        this.#told.set(key, {
          subject,
          toldAt: told?.toldAt ?? null,
          wellSince: step === 'well-again' ? now : null,
        })
    }
  }
}

describe('who is told that something is wrong', () => {
  it('hears it at once, again after the pause, and its end when it has been well for a while', () => {
    const reader = new Reader()
    for (let minute = 0; minute <= 70; minute++)
      reader.look(minute, reportOf(minute < 64 ? [found('mailbox-failing')] : []))
    assert.deepEqual(reader.heard, ['0 began', '60 still', '69 ended'])
  })

  it('hears nothing of what is not known', () => {
    const reader = new Reader()
    reader.look(0, reportOf([found('mailbox-failing')]))
    for (let minute = 1; minute < 30; minute++) reader.look(minute, reportOf([], false))
    assert.deepEqual(reader.heard, ['0 began'])
  })

  it('hears each of several things of one kind', () => {
    const reader = new Reader()
    reader.look(0, reportOf([found('mailbox-failing', ' a@x'), found('mailbox-failing', ' b@x')]))
    assert.deepEqual(reader.heard, ['0 began a@x', '0 began b@x'])
  })

  it('does not hear through a channel that this channel fails', () => {
    const reader = new Reader()
    reader.look(0, reportOf([found('alert-mail-failing'), found('alert-webhook-failing', ' w')]))
    assert.deepEqual(reader.heard, ['0 began w'])
  })

  it('hears of what follows from work that stands still only when it goes on and that stays', () => {
    const reader = new Reader()
    const stopped = { ...found('no-worker', ' worker'), state: 'stopped' as const }
    const both = (still: boolean): HealthReport => ({
      ...reportOf([]),
      checks: [
        {
          ...reportOf([stopped]).checks[0]!,
          code: 'workers',
          state: still ? 'stopped' : 'ok',
          findings: still ? [stopped] : [],
        },
        { ...reportOf([found('command-waiting', ' waits')]).checks[0]!, code: 'commands' },
      ],
    })
    for (const minute of [0, 1, 2]) reader.look(minute, both(true))
    reader.look(3, both(false))
    assert.deepEqual(reader.heard, ['0 began worker', '3 began waits'])
  })

  it('hears beginnings and ends in turn, and both no more often than the time after which it is over', () => {
    const minutes = fc.array(fc.constantFrom('wrong', 'well', 'unknown'), { maxLength: 300 })
    fc.assert(
      fc.property(minutes, (states) => {
        const reader = new Reader()
        states.forEach((state, minute) => {
          reader.look(
            minute,
            reportOf(state === 'wrong' ? [found('mailbox-failing')] : [], state !== 'unknown'),
          )
        })
        const heard = reader.heard.map((line) => line.split(' '))
        const turns = heard.filter(([, step]) => step !== 'still').map(([, step]) => step)
        assert.deepEqual(
          turns,
          turns.map((_, index) => (index % 2 === 0 ? 'began' : 'ended')),
        )
        for (const [index, [minute, step]] of heard.entries()) {
          const since = Number(minute) - Number(heard[index - 1]?.[0] ?? Number.NEGATIVE_INFINITY)
          if (step === 'still') assert.ok(since * MINUTE >= PAUSE)
          if (step === 'ended') assert.ok(since * MINUTE >= OVER_AFTER)
        }
        const first = states.indexOf('wrong')
        assert.equal(heard[0]?.[0], first < 0 ? undefined : String(first))
      }),
    )
  })
})
