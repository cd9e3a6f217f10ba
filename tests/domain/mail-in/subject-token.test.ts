import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  baseSubject,
  isForwardSubject,
  replySubject,
  subjectTicket,
  withoutSubjectTicket,
  withSubjectTicket,
} from '../../../domain/mail-in/subject-token.ts'

describe('the ticket number in a subject', () => {
  it('is found in its brackets only', () => {
    assert.equal(subjectTicket('Re: [#1042] Printer'), 1042)
    for (const subject of [
      'Order #1042',
      '[1042] x',
      '[# 1042]',
      '[#0]',
      '[#007]',
      '[#99999999999]',
      '[#12a]',
      '(#1042)',
      '[#9999999999]',
    ])
      assert.equal(subjectTicket(subject), null, subject)
  })
  it('is the first of several', () => assert.equal(subjectTicket('[#7] Fwd: [#8] x'), 7))
  it('is put after the prefixes, once', () => {
    assert.equal(withSubjectTicket('Re: Printer', 5), 'Re: [#5] Printer')
    assert.equal(withSubjectTicket('Re: [#5] Printer', 5), 'Re: [#5] Printer')
    assert.equal(withSubjectTicket('[#4] Printer', 5), '[#5] Printer')
    assert.equal(withSubjectTicket('', 5), '[#5]')
  })
  it('can be taken out again', () =>
    assert.equal(withoutSubjectTicket('Re: [#5] Printer'), 'Re: Printer'))
})

describe('subject prefixes', () => {
  it('are known in many languages, with counters and full-width colons', () => {
    for (const subject of [
      'Re: X',
      'RE: AW: X',
      'AW: X',
      'Antw: X',
      'TR : X',
      'SV: VS: X',
      'Odp: X',
      'Re[2]: X',
      'Re(3): X',
      'RE: Fwd: WG: X',
      'R: X',
      'RIF: X',
      'Ответ: X',
      '回复：X',
      '答复: X',
      '转发: X',
      'ENC: RES: X',
      'YNT: X',
      'Re: [#12] X',
      're:X',
      'Réf: X'.replace('Réf', 'Rép'),
    ]) {
      assert.equal(baseSubject(subject), 'X', subject)
    }
  })
  it('are not seen in ordinary words', () => {
    for (const subject of [
      'Reset: X',
      'Info: X',
      'Error: X',
      'Invoice: X',
      'Region: X',
      'Restart',
      'Treffen: morgen',
    ])
      assert.equal(baseSubject(subject), subject)
  })
  it('tell a forwarded mail', () => {
    for (const subject of [
      'Fwd: X',
      'FW: Re: X',
      'WG: X',
      'TR: X',
      'Doorst: X',
      'PD: X',
      'I: X',
      '转发: X',
      'ENC: X',
      'VB: X',
      'RV: X',
    ])
      assert.ok(isForwardSubject(subject), subject)
    for (const subject of ['Re: Fwd: X', 'AW: X', 'X', 'VS: X', 'Fwd X'])
      assert.ok(!isForwardSubject(subject), subject)
  })
  it('shrink to one Re: in an answer', () => {
    assert.equal(replySubject('AW: Re: [#3] X'), 'Re: [#3] X')
    assert.equal(replySubject('Fwd: X'), 'Re: Fwd: X')
  })
  it('take no longer for a long subject', () => {
    const started = performance.now()
    baseSubject('Re: '.repeat(200_000))
    withSubjectTicket(`${'[#'.repeat(200_000)}x`, 1)
    assert.ok(performance.now() - started < 200)
  })
})
