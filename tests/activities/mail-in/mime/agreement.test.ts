import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { type AddressObject, simpleParser } from 'mailparser'
import { parseMail } from '../../../../activities/mail-in/mime/parse.ts'

const folder = new URL('../../../fixtures/mail/', import.meta.url)
/** Mails that break no rule: two readers must agree on them. */
const wellFormed = [
  'gmail-reply',
  'outlook-german-inline-image',
  'apple-mail-french-pdf',
  'thunderbird-interleaved',
  'japanese-iso-2022-jp',
  'russian-koi8-r',
  'korean-and-big5',
  'forward-gmail',
  'out-of-office-exchange',
  'smime-signed',
  'file-names',
  'bounce-qmail',
]
const words = (text: string | undefined): string => (text ?? '').replace(/\s+/g, ' ').trim()
const people = (field: AddressObject | AddressObject[] | undefined): string[] =>
  [field ?? []]
    .flat()
    .flatMap((list) => list.value)
    .map((person) => `${person.name} <${person.address?.toLowerCase()}>`)

describe('on mail that breaks no rule, mailparser says the same', () => {
  for (const name of wellFormed) {
    it(name, async () => {
      const raw = readFileSync(new URL(`${name}.eml`, folder))
      const ours = await parseMail(raw)
      const theirs = await simpleParser(raw, { skipImageLinks: true })
      assert.equal(ours.subject, theirs.subject ?? '')
      assert.equal(ours.internetId, theirs.messageId?.replace(/^<|>$/g, '') ?? null)
      if (theirs.headers.has('date')) assert.equal(ours.date, theirs.date?.toISOString())
      assert.deepEqual(
        [ours.from ?? []].flat().map((person) => `${person.name} <${person.address}>`),
        people(theirs.from),
      )
      assert.deepEqual(
        ours.to.map((person) => `${person.name} <${person.address}>`),
        people(theirs.to),
      )
      assert.equal(words(ours.text), words(theirs.text))
      assert.deepEqual(
        ours.attachments.map((file) => Buffer.from(file.content).toString('hex')),
        theirs.attachments.map((file) => file.content.toString('hex')),
      )
    })
  }
})
