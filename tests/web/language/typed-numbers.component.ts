import { afterEach, describe, expect, it } from 'vitest'
import { languages, nameOf } from '../../../languages/language.ts'
import { type ApiError } from '../../../web/src/api/problem.ts'
import { numberText } from '../../../web/src/language/amounts.ts'
import { useLanguage } from '../../../web/src/language/language.svelte.ts'
import {
  decimalText,
  numberFrom,
  typedDecimal,
  unclearNumber,
} from '../../../web/src/language/typed-numbers.ts'
import { dueTime } from '../../../web/src/language/times.ts'

afterEach(() => useLanguage('en'))

for (const one of languages)
  describe(`a number in a form in ${nameOf(one)}`, () => {
    it('is sent as it was stored', async () => {
      await useLanguage(one)
      for (const stored of ['0', '329.00', '1249.50', '0.125', '1234567.8', '1.249']) {
        expect(decimalText(typedDecimal(stored), '/price')).toBe(stored)
        expect(decimalText(numberText(stored), '/price')).toBe(stored)
      }
      expect(decimalText(' ', '/price')).toBe('')
      expect(numberFrom('', '/hours')).toBeNull()
      expect(numberFrom(typedDecimal(1.5), '/hours')).toBe(1.5)
    })

    it('that cannot be read says so at its field, with one that can', async () => {
      await useLanguage(one)
      let refused: unknown
      try {
        decimalText('1.2.3', '/price')
      } catch (error) {
        refused = error
      }
      const said = (refused as ApiError).at('/price') ?? ''
      expect(said).toContain(numberText('1249.5'))
      expect(unclearNumber('1.2.3')).toBeTruthy()
      expect(unclearNumber(numberText('1249.5'))).toBeUndefined()
      expect(unclearNumber('')).toBeUndefined()
    })
  })

describe('a due time', () => {
  it('of days is written as the language writes them where there is little room', async () => {
    const yesterday = new Date(Date.now() - 26 * 3_600_000).toISOString()
    const said = new Map<string, string>()
    for (const one of languages) {
      await useLanguage(one)
      said.set(one, dueTime(yesterday).text.replaceAll(/\s/g, ' '))
    }
    expect(said.get('de')).toBe('−1 Tag')
    expect(said.get('fr')).toBe('−1 j')
    expect(said.get('en')).toBe('−1d')
  })
})
