import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sanitiseHtml } from '../../../../activities/mail-in/html/sanitise.ts'

describe('a mail whose elements are nested without end', () => {
  for (const part of ['<div>', '<li><p>', '<td><p>', '<a title="</a>">'])
    it(`is shown with its text: ${part}`, () => {
      assert.match(sanitiseHtml(`${part.repeat(20_000)}reply to a quote`), /reply to a quote/)
    })
})
