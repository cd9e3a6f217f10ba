import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { wordsOf } from '../../scripts/languages.mjs'

/**
 * What is put into a sentence may begin in any letter and be of any gender: the word before it must
 * not depend on it.
 */
const textsOf = (language: string): [string, string][] => {
  const leaves = (tree: object, path: string): [string, string][] =>
    Object.entries(tree).flatMap(([key, value]: [string, unknown]): [string, string][] =>
      typeof value === 'string'
        ? [[`${path}.${key}`, value]]
        : leaves(value as object, `${path}.${key}`),
    )
  return ['web', 'mail', 'server'].flatMap((kind) => leaves(wordsOf(language, kind), kind))
}
/** What is always a number, or a day of the calendar; before these no word changes. */
const numbers = ['count', 'amount', 'open', 'most', 'total', 'duration']
const days = ['day', 'moment', 'when', 'from', 'to', 'value']

/**
 * @param before words of which the form depends on what follows, each with the values before which it
 *   has one form.
 * @param further what no sentence may hold besides.
 * @returns sentences in which a value follows one of them.
 */
function dependent(
  language: string,
  before: Record<string, readonly string[]>,
  further: RegExp,
): string[] {
  const words = new RegExp(
    `(?<![\\p{L}’])(${Object.keys(before).join('|')})\\s(?:[«„“]\\s?)?\\{\\{(\\w+)`,
    'giu',
  )
  return textsOf(language).flatMap(([key, text]) => {
    const found = [...text.matchAll(words)].some(
      ([, word = '', value = '']) => !before[word.toLowerCase()]?.includes(value),
    )
    return found || further.test(text) ? [`${key}: ${text}`] : []
  })
}

describe('a value that is put into a sentence', () => {
  it('follows no French word that would be elided, or is', () => {
    const elidable = {
      de: numbers,
      que: numbers,
      le: days,
      ...Object.fromEntries(
        ['la', 'ne', 'se', 'je', 'me', 'te', 'si', 'jusque', 'lorsque', 'puisque', 'quoique'].map(
          (word) => [word, []],
        ),
      ),
    }
    assert.deepEqual(dependent('fr', elidable, /[’'](?:«\s?)?\{\{/u), [])
  })
  it('follows no French or German word that tells its gender', () => {
    const french = ['un', 'une', 'ce', 'cet', 'cette', 'mon', 'ma', 'son', 'sa', 'votre']
    const none = (words: string[]) => Object.fromEntries(words.map((word) => [word, []]))
    assert.deepEqual(dependent('fr', { ...none(french), du: days, au: days }, /$^/), [])
    const german = ['der', 'die', 'das', 'dem', 'den', 'des', 'dieser', 'diese', 'dieses', 'beim']
    const articles = ['ein', 'eine', 'einen', 'einem', 'einer', 'eines', 'im', 'ins', 'vom', 'zur']
    // Nor does a name bear an ending.
    assert.deepEqual(
      dependent('de', { ...none([...german, ...articles]), am: days, zum: days }, /\}\}e?[sn]\b/u),
      [],
    )
  })
  it('follows no English article', () => {
    assert.deepEqual(dependent('en', { a: [], an: [] }, /$^/), [])
  })
})
