import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { explanation, sentenceOf, sentenceValues, shortened } from '../../domain/explanation.ts'
import { fieldErrorValues, problemCode } from '../../domain/problem-codes.ts'
import { explainedIn, inEnglish } from '../../languages/explanation.ts'
import { languages } from '../../languages/language.ts'
import { webWords } from '../../languages/generated/web-words.ts'
import { mailWords } from '../../languages/generated/mail-words.ts'

const plural = /_(zero|one|two|few|many|other)$/
const namesOf = (group: object): string[] =>
  [...new Set(Object.keys(group).map((key) => key.replace(plural, '')))].sort()
const variablesOf = (text: string): string[] =>
  [...new Set([...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name ?? ''))].sort()

for (const language of languages)
  describe(`what the server says, in ${language}`, () => {
    const { said, problem } = mailWords[language]

    it('has a sentence for each code, and no other', () =>
      assert.deepEqual(namesOf(said), Object.keys(sentenceValues).sort()))

    it('has the values of each code in its sentence, and no other', () => {
      for (const [key, text] of Object.entries(said)) {
        const values = sentenceValues[key.replace(plural, '') as keyof typeof sentenceValues]
        assert.deepEqual(variablesOf(text), [...values].sort(), key)
      }
    })

    it('has a sentence for each way of saying no, and no other', () =>
      assert.deepEqual(namesOf(problem), [...problemCode.options].sort()))

    it('has a sentence for what can be wrong with a field, with its values', async () => {
      const { fieldError } = (await webWords[language]()).default
      for (const [code, values] of Object.entries(fieldErrorValues))
        assert.deepEqual(
          variablesOf(fieldError[code as keyof typeof fieldErrorValues]),
          [...values],
          code,
        )
    })

    it('is made of whole sentences', () => {
      for (const text of [...Object.values(said), ...Object.values(problem)])
        assert.match(text, /^(\p{Lu}|\{\{).*[.“”»]$/u)
    })
  })

describe('an explanation', () => {
  const refused = [
    sentenceOf('smtp-sign-in-refused', { server: 'mail.example:587', user: 'it' }),
    sentenceOf('server-said', { reply: '535 5.7.8 Error: authentication failed' }),
  ]

  it('is told in the reader’s language, with another system’s own words as they came', () => {
    assert.match(
      explainedIn('de', refused),
      /^mail\.example:587 hat die Anmeldung von it abgelehnt/,
    )
    assert.match(
      explainedIn('fr', refused),
      /^mail\.example:587 a refusé la connexion avec l’identifiant it/,
    )
    for (const language of languages)
      assert.ok(explainedIn(language, refused).includes('535 5.7.8 Error: authentication failed'))
  })

  it('counts as the language does', () => {
    const holding = (count: number) => [sentenceOf('folder-holds', { folder: 'INBOX', count })]
    assert.match(explainedIn('de', holding(1)), /liegt 1 E-Mail\.$/)
    assert.match(explainedIn('de', holding(2)), /liegen 2 E-Mails\.$/)
  })

  it('does not take a server’s words for a text of ours', () => {
    const told = [sentenceOf('server-said', { reply: '550 $t(problem.unknown) {{user}}' })]
    assert.equal(inEnglish(told), 'The server’s answer: “550 $t(problem.unknown) {{user}}”')
  })

  it('may be a text that was written before there were codes', () => {
    assert.equal(explainedIn('fr', 'kept in the local outbox'), 'kept in the local outbox')
    assert.ok(explanation.safeParse('as it was').success)
  })

  it('is shortened value by value, and stays an explanation', () => {
    const long = [sentenceOf('server-said', { reply: 'x'.repeat(5000) })]
    const short = shortened(long, 300)
    assert.deepEqual(short, [sentenceOf('server-said', { reply: 'x'.repeat(300) })])
    assert.equal(shortened('x'.repeat(5000), 300), 'x'.repeat(300))
  })
})
