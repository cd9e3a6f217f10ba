import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import en from '../../../web/src/language/en.json' with { type: 'json' }
import fr from '../../../web/src/language/fr.json' with { type: 'json' }
import { sources } from '../sources.ts'

type Tree = { [key: string]: string | Tree }

const plural = /_(zero|one|two|few|many|other)$/
const leaves = (tree: Tree, path = ''): [string, string][] =>
  Object.entries(tree).flatMap(([key, value]): [string, string][] =>
    typeof value === 'string' ? [[`${path}${key}`, value]] : leaves(value, `${path}${key}.`),
  )
const names = (tree: Tree): string[] =>
  [...new Set(leaves(tree).map(([key]) => key.replace(plural, '')))].sort()
const variables = (text: string): string[] =>
  [...new Set([...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name ?? ''))].sort()

describe('the message catalogues', () => {
  const languages: Record<string, Tree> = { en, fr }

  it('have the same keys', () => assert.deepEqual(names(fr), names(en)))

  it('have no empty text, and none with space at its ends', () => {
    for (const [language, tree] of Object.entries(languages)) {
      for (const [key, text] of leaves(tree))
        assert.ok(text.trim() !== '' && text === text.trim(), `${language} ${key}: "${text}"`)
    }
  })

  it('name the same variables', () => {
    const english = new Map(
      leaves(en).map(([key, text]) => [key.replace(plural, ''), variables(text)]),
    )
    for (const [key, text] of leaves(fr))
      assert.deepEqual(variables(text), english.get(key.replace(plural, '')), key)
  })

  it('have every plural form that their language needs, and no other', () => {
    for (const [language, tree] of Object.entries(languages)) {
      const forms = new Map<string, string[]>()
      for (const [key] of leaves(tree)) {
        const form = plural.exec(key)?.[1]
        if (form)
          forms.set(key.replace(plural, ''), [...(forms.get(key.replace(plural, '')) ?? []), form])
      }
      const needed = [...new Intl.PluralRules(language).resolvedOptions().pluralCategories].sort()
      for (const [name, found] of forms)
        assert.deepEqual(found.sort(), needed, `${language} ${name}`)
    }
  })

  it('hold nothing that nobody says', () => {
    const code = sources()
      .map(({ text }) => text)
      .join('\n')
    // A key is said as a whole, or its beginning is: `status.${status}`,
    // textFor(`problem.${code}`).
    const unsaid = names(en).filter((key) => {
      if (code.includes(`'${key}'`) || code.includes(`"${key}"`)) return false
      const parts = key.split('.')
      return !parts.some(
        (_, end) => end > 0 && code.includes(`\`${parts.slice(0, end).join('.')}.\${`),
      )
    })
    assert.deepEqual(unsaid, [])
  })
})
