import assert from 'node:assert/strict'
import fs from 'node:fs'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { manifestOf, languageCodes, wordsOf } from '../../scripts/languages.mjs'
import { assetColumnNames } from '../../domain/assets/import-columns.ts'
import { assetStatus } from '../../domain/assets/vocabulary.ts'
import { assetFileWords } from '../../languages/generated/asset-file-words.ts'
import { smallWords } from '../../languages/generated/small-words.ts'
import { sources } from '../web/sources.ts'

const KINDS = ['web', 'mail', 'server'] as const
const plural = /_(zero|one|two|few|many|other)$/
const nameOf = (key: string): string => key.replace(plural, '')

const leaves = (tree: object, path = ''): [string, string][] =>
  Object.entries(tree).flatMap(([key, value]: [string, unknown]): [string, string][] =>
    typeof value === 'string'
      ? [[`${path}${key}`, value]]
      : leaves(value as object, `${path}${key}.`),
  )
const textsOf = (language: string): [string, string][] =>
  KINDS.flatMap((kind) => leaves(wordsOf(language, kind), `${kind}:`))
const names = (language: string): string[] =>
  [...new Set(textsOf(language).map(([key]) => nameOf(key)))].sort()
const variables = (text: string): string[] =>
  [...new Set([...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name ?? ''))].sort()

/** Texts that are right although English has the same: names, terms, words that both share. */
const sameAsEnglish = (language: string): string[] => {
  const file = fileURLToPath(
    new URL(`../../languages/${language}/same-as-english.json`, import.meta.url),
  )
  return JSON.parse(fs.readFileSync(file, 'utf8')) as string[]
}
const smallWordsOf = (language: string): readonly string[] =>
  smallWords[language as keyof typeof smallWords]

/** What is said, without the values that are put in. */
const saidIn = (text: string): string => text.replace(/\{\{\w+\}\}/g, '')

const QUOTES = '“”„«»‹›"'
const english = textsOf('en')
const englishTexts = new Map(english)
const englishVariables = new Map(english.map(([key, text]) => [nameOf(key), variables(text)]))

describe('the words of English', () => {
  it('hold nothing that nobody says', () => {
    const code = sources()
      .map(({ text }) => text)
      .join('\n')
    // A key is said as a whole, or its beginning is: `status.${status}`,
    // textFor(`problem.${code}`).
    const unsaid = names('en')
      .filter((key) => key.startsWith('web:'))
      .map((key) => key.slice('web:'.length))
      .filter((key) => {
        if (code.includes(`'${key}'`) || code.includes(`"${key}"`)) return false
        const parts = key.split('.')
        return !parts.some(
          (_, end) => end > 0 && code.includes(`\`${parts.slice(0, end).join('.')}.\${`),
        )
      })
    assert.deepEqual(unsaid, [])
  })
})

describe('a page', () => {
  it('leaves the colon behind a label to the language, which may set a space before it', () => {
    const marks = sources()
      .filter(({ file }) => file.endsWith('.svelte'))
      .flatMap(({ file, text }) =>
        [
          ...text
            .replaceAll(/<script[^]*?<\/script>|class="[^"]*"/g, '')
            .matchAll(/.*\}:(?=\s|<|$).*/gm),
        ].map(([line]) => `${file}: ${line.trim()}`),
      )
    assert.deepEqual(marks, [])
  })
})

for (const language of languageCodes()) {
  describe(`the words of ${manifestOf(language).name}`, () => {
    const texts = textsOf(language)

    it('say how the language is called, written and sorted', () => {
      const { name, locale, direction } = manifestOf(language)
      assert.ok(name.trim().length > 1)
      assert.deepEqual(Intl.DateTimeFormat.supportedLocalesOf([locale]), [locale])
      assert.equal(new Intl.Locale(locale).language, language)
      assert.ok(['ltr', 'rtl'].includes(direction))
    })

    it('have the keys of English, and no other', () =>
      assert.deepEqual(names(language), names('en')))

    it('have no empty text, and none with space at its ends', () => {
      for (const [key, text] of texts)
        assert.ok(text.trim() !== '' && text === text.trim(), `${key}: "${text}"`)
    })

    it('name the same variables', () => {
      for (const [key, text] of texts)
        assert.deepEqual(variables(text), englishVariables.get(nameOf(key)), key)
    })

    it('have every plural form that their language needs, and no other', () => {
      const forms = new Map<string, string[]>()
      for (const [key] of texts) {
        const form = plural.exec(key)?.[1]
        if (form) forms.set(nameOf(key), [...(forms.get(nameOf(key)) ?? []), form])
      }
      const needed = [...new Intl.PluralRules(language).resolvedOptions().pluralCategories].sort()
      for (const [name, found] of forms) assert.deepEqual(found.sort(), needed, name)
    })

    it('have the quotation marks of the language, in pairs, and its apostrophe', () => {
      const { quotes } = manifestOf(language)
      const foreign = [...QUOTES].filter((mark) => !quotes.includes(mark))
      for (const [key, text] of texts) {
        assert.ok(!foreign.some((mark) => text.includes(mark)), `${key}: ${text}`)
        assert.ok(!/[\p{L}]['`´]|['`´]\p{L}|\.\.\.|--/u.test(text), `${key}: ${text}`)
        const marks = [...text].filter((mark) => quotes.includes(mark)).join('')
        assert.equal(marks.replaceAll(quotes.join(''), ''), '', `${key}: ${text}`)
      }
    })

    it('have a space before a mark exactly where the language sets one', () => {
      const set = manifestOf(language)
        .noBreakSpaces.map(({ before = '' }) => before)
        .join('')
      for (const [key, text] of texts) {
        for (const [found, space] of text.matchAll(/(\s?)[:;?!](?=\s|$)/g)) {
          const due = set.includes(found.at(-1) ?? '')
          assert.equal(space !== '', due, `${key}: ${text}`)
          if (due) assert.ok(/[\u00a0\u202f]/.test(space ?? ''), `${key}: ${text}`)
        }
        assert.ok(!/ {2}|\s[,.](?:\s|$)/.test(text), `${key}: ${text}`)
      }
    })

    it('have who did it as the subject: “an operator” stands nowhere in a sentence', () => {
      for (const [key, text] of texts)
        if (key.startsWith('web:') && text.includes('{{who}}'))
          assert.match(text, /^(\{\{what\}\} · )?\{\{who\}\}/, key)
    })

    it('write no unit and no amount themselves: Intl does', () => {
      for (const [key, text] of texts)
        assert.ok(
          !/(?:\d|\}\}) ?(?:Min|Std|min|hrs?|mins?|€)(?![\p{L}.])|[€$£]\s?\d/u.test(text),
          `${key}: ${text}`,
        )
    })

    if (language !== 'en') {
      it('are English only where that is right', () => {
        const allowed = sameAsEnglish(language)
        const same = texts
          .filter(([key, text]) => englishTexts.get(key) === text && /\p{L}/u.test(saidIn(text)))
          .map(([, text]) => text)
        assert.deepEqual(
          same.filter((text) => !allowed.includes(text)),
          [],
        )
        assert.deepEqual(
          allowed.filter((text) => !same.includes(text)),
          [],
          'allowed, but not the same any more',
        )
      })
    }

    it('know every column and status of an asset file', () => {
      const { columns, statuses } = assetFileWords[language as keyof typeof assetFileWords]
      for (const known of [...Object.values(columns), ...Object.values(statuses)])
        assert.ok(known.length > 0)
      assert.deepEqual(Object.keys(columns), [...assetColumnNames])
      assert.deepEqual(Object.keys(statuses).sort(), [...assetStatus.options].sort())
    })

    it('have small words enough to tell it by, each once', () => {
      const words = smallWordsOf(language)
      assert.ok(words.length >= 20, `${words.length} words`)
      for (const word of words) assert.match(word, /^\p{Ll}+$/u)
      assert.equal(new Set(words).size, words.length)
    })
  })
}
