import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { manifestOf, languageCodes, wordsOf } from '../../scripts/languages.mjs'
import { sources } from '../web/sources.ts'

const KINDS = ['web', 'mail'] as const
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

const english = textsOf('en')
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
  })
}
