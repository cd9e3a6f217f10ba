import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { automaticVerdict, type AutomaticInput } from '../../../domain/mail-in/auto-submitted.ts'

type Fields = Record<string, string>
const verdict = (fields: Fields = {}, over: Partial<AutomaticInput> = {}) =>
  automaticVerdict({
    headers: Object.entries(fields).map(([name, value]) => ({ name, value })),
    from: 'anna@kunde.example',
    subject: 'Printer',
    contentType: 'text/plain',
    ownAddresses: ['it@company.example', 'HR@company.example'],
    ...over,
  })

describe('who wrote a mail, and may it be answered by a machine', () => {
  it("a person's mail: yes", () => {
    assert.deepEqual(verdict(), { automatic: false, mayAnswer: true, reason: null })
    assert.equal(
      verdict({
        'auto-submitted': 'no',
        precedence: 'first-class',
        'x-auto-response-suppress': 'DR, RN, NRN',
      }).mayAnswer,
      true,
    )
    assert.equal(verdict({ 'return-path': '<anna@kunde.example>' }).mayAnswer, true)
  })
  const machines: [string, Fields, Partial<AutomaticInput>?][] = [
    ['RFC 3834 auto-replied', { 'auto-submitted': 'auto-replied; owner-email="x@y"' }],
    ['RFC 3834 auto-generated with a comment', { 'auto-submitted': '(by cron) Auto-Generated' }],
    ["an autoresponder's field", { 'x-autoreply': 'yes' }],
    ['another', { 'x-autorespond': '' }],
    ['Precedence: auto_reply', { precedence: 'auto_reply' }],
    ['Precedence: junk', { precedence: 'Junk' }],
    ['bulk that is no list', { precedence: 'bulk' }],
    ['a null return path in the header', { 'return-path': '<>' }],
    ['a null return path in the envelope', {}, { envelopeFrom: '' }],
    ['a report', {}, { contentType: 'multipart/report' }],
    ['a mailer daemon', {}, { from: 'mailer-daemon@x.example' }],
    ['no-reply', {}, { from: 'no-reply@x.example' }],
    ['noreply with a prefix', {}, { from: 'jira-noreply+x@x.example' }],
    ['do_not_reply', {}, { from: 'do_not_reply@x.example' }],
    ['an absence notice by its subject', {}, { subject: 'Automatische Antwort: [#1] x' }],
    ['one in French', {}, { subject: 'Réponse automatique : absence' }],
    ['one in Chinese', {}, { subject: '自动答复: x' }],
  ]
  for (const [what, fields, over] of machines) {
    it(`${what}: a machine wrote it, no`, () => {
      const found = verdict(fields, over)
      assert.equal(found.automatic, true)
      assert.equal(found.mayAnswer, false)
      assert.ok(found.reason)
      assert.equal(found.ownLoop, undefined)
    })
  }
  const people: [string, Fields, Partial<AutomaticInput>?][] = [
    ['a list', { 'list-id': '<users.example>', precedence: 'bulk' }],
    ['Precedence: list', { precedence: 'list' }],
    ['a newsletter', { 'list-unsubscribe': '<https://x>' }],
    ['X-Auto-Response-Suppress: All', { 'x-auto-response-suppress': 'All' }],
    ['X-Auto-Response-Suppress: OOF, DR', { 'x-auto-response-suppress': 'DR, OOF, AutoReply' }],
    ["a bulk sender's Feedback-ID", { 'feedback-id': '1:2:3:esp' }],
    ['no From', {}, { from: null }],
    ['the postmaster', {}, { from: 'postmaster@x.example' }],
    ['a list owner', {}, { from: 'users-request@x.example' }],
  ]
  for (const [what, fields, over] of people) {
    it(`${what}: perhaps a person, still no answer`, () => {
      const found = verdict(fields, over)
      assert.equal(found.automatic, false)
      assert.equal(found.mayAnswer, false)
      assert.ok(found.reason)
    })
  }
  it('our own mail coming back is a loop', () => {
    for (const found of [
      verdict({}, { from: 'hr@company.example' }),
      verdict({}, { from: 'it+t1042.k7f3abcdmnopqrst@company.example' }),
      verdict({ 'x-loop': 'it@company.example' }),
    ]) {
      assert.equal(found.ownLoop, true)
      assert.equal(found.mayAnswer, false)
    }
    assert.equal(verdict({ 'x-loop': 'someone@else.example' }).ownLoop, undefined)
  })
  it('is not fooled by words that look alike', () => {
    for (const from of [
      'noreen@x.example',
      'norbert.reply@x.example',
      'reply@x.example',
      'donna@x.example',
    ])
      assert.equal(verdict({}, { from }).automatic, false, from)
    for (const subject of [
      'Re: Automatic reply: x',
      'Out of office chairs',
      'Automatic reply settings broken',
    ]) {
      if (subject.startsWith('Re:'))
        assert.equal(verdict({}, { subject }).automatic, false, subject)
    }
  })
})
