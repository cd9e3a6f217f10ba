import assert from 'node:assert/strict'
import fs from 'node:fs'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { languageCodes, manifestOf, wordsOf } from '../../scripts/languages.mjs'

/** What a language calls one thing, and the words for it that it does not use. */
interface Term {
  is: string
  /** A `*` at the end stands for any ending. */
  not: string[]
  /** Beginnings of the keys of texts in which such a word means something else. */
  but?: string[]
}

const termsOf = (language: string): Record<string, Term> =>
  JSON.parse(
    fs.readFileSync(
      fileURLToPath(new URL(`../../languages/${language}/terms.json`, import.meta.url)),
      'utf8',
    ),
  ) as Record<string, Term>

const leaves = (tree: object, path = ''): [key: string, text: string][] =>
  Object.entries(tree).flatMap(([key, value]: [string, unknown]): [string, string][] =>
    typeof value === 'string'
      ? [[`${path}${key}`, value]]
      : leaves(value as object, `${path}${key}.`),
  )

/** The word alone, whatever its case: not a part of a longer one. */
const alone = (word: string): RegExp =>
  new RegExp(`(?<![\\p{L}\\p{N}-])${word.replace(/\*$/, '\\p{L}*')}(?![\\p{L}\\p{N}-])`, 'iu')

for (const language of languageCodes())
  describe(`one thing has one word in ${manifestOf(language).name}`, () => {
    const texts = leaves(wordsOf(language, 'web', 'mail', 'server')).map(
      ([key, text]): [string, string] => [key, text.replaceAll(/\{\{\w+\}\}/g, '')],
    )
    for (const [thing, { is, not, but = [] }] of Object.entries(termsOf(language)))
      it(`${thing}: ${is}`, () => {
        assert.ok(
          texts.some(([, text]) => text.toLowerCase().includes(is.toLowerCase())),
          'the word is said somewhere',
        )
        const second = texts.filter(
          ([key, text]) =>
            !but.some((beginning) => key.startsWith(beginning)) &&
            not.some((word) => alone(word).test(text)),
        )
        assert.deepEqual(second, [])
        for (const beginning of but)
          assert.ok(
            texts.some(([key]) => key.startsWith(beginning)),
            `no text is called ${beginning}`,
          )
      })
  })
