import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  acknowledgementText,
  attribution,
  cannotBeAnswered,
  closingText,
  reminderText,
} from '../../../activities/mail-out/requester-texts.ts'
import { isAttribution } from '../../../domain/mail-in/quotation-languages.ts'
import { spokenLanguage } from '../../../domain/mail-out/language-detection.ts'
import { languages, nameOf } from '../../../languages/language.ts'

const facts = { ticketNumber: 1042, subject: 'Printer', department: 'IT', oneWay: false }
const day = new Date('2026-11-24T10:58:00Z')

for (const language of languages) {
  describe(`what requesters are written in ${nameOf(language)}`, () => {
    const mails = [
      acknowledgementText(language, facts),
      reminderText(language, facts, day),
      closingText(language, facts),
      acknowledgementText(language, { ...facts, oneWay: true }),
      reminderText(language, { ...facts, oneWay: true }, null),
      closingText(language, { ...facts, oneWay: true }),
    ]

    it('names the request, and leaves nothing to fill in', () => {
      for (const text of mails) {
        assert.match(text, /#1042/)
        assert.match(text, /\n {4}Printer\n/)
        assert.match(text, /\n\nIT$/)
        assert.doesNotMatch(text, /\{\{|requester\./)
      }
      assert.equal(new Set(mails).size, mails.length)
    })

    it('is told by its small words to be that language', () => {
      for (const text of mails) assert.equal(spokenLanguage(text), language, text)
    })

    it('introduces a quotation so that an answer to it is understood', () =>
      assert.ok(isAttribution(attribution(language, 'Anna Smith', day))))

    it('says so where nobody can answer', () => assert.ok(cannotBeAnswered(language).length > 20))
  })
}
