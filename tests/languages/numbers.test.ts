import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { languages, nameOf } from '../../languages/language.ts'
import { moneyIn } from '../../languages/money.ts'
import { numberForField, numberIn, readNumber } from '../../languages/numbers.ts'

/** Exact decimal text, as it is stored: no zero in front, all of its decimals. */
const exact = fc
  .tuple(
    fc.boolean(),
    fc.bigInt({ min: 0n, max: 10n ** 15n - 1n }),
    fc.option(fc.stringMatching(/^\d{1,6}$/), { nil: '' }),
  )
  .map(([negative, whole, fraction]) => {
    const text = fraction === '' ? String(whole) : `${whole}.${fraction}`
    return negative && !/^[0.]*$/.test(text) ? `-${text}` : text
  })

for (const language of languages) {
  describe(`a number in ${nameOf(language)}`, () => {
    it('is read back as it was, whether for reading or in a field', () =>
      fc.assert(
        fc.property(exact, (number) => {
          assert.equal(readNumber(language, numberIn(language, number)), number)
          assert.equal(readNumber(language, numberForField(language, number)), number)
        }),
      ))

    it('is read with whatever space parts its thousands', () => {
      for (const space of [' ', '\u00a0', '\u202f', '\u2009', '’', "'"])
        for (const decimal of [',', '.'])
          assert.equal(readNumber(language, `1${space}249${decimal}00`), '1249.00', space)
    })

    it('is read as its neighbours write it, where that leaves no doubt', () => {
      for (const text of ['1249,00', '1249.00', '1.249,00', '1,249.00', ' 1249,00 ', '+1249.00'])
        assert.equal(readNumber(language, text), '1249.00', text)
      assert.equal(readNumber(language, '1.234.567'), '1234567')
      assert.equal(readNumber(language, '1,234,567'), '1234567')
      assert.equal(readNumber(language, '0,125'), '0.125')
      assert.equal(readNumber(language, '.5'), '0.5')
      assert.equal(readNumber(language, '007'), '7')
      assert.equal(readNumber(language, '−0'), '0')
    })

    it('is none where it is none', () => {
      for (const text of ['', ' ', 'free', '1.2.3', '12 34', '1,23,456', '5,', '--1', '1 2', '1e3'])
        assert.equal(readNumber(language, text), null, text)
    })

    it('of money has the amount in it that its number has', () =>
      fc.assert(
        fc.property(exact, (number) => {
          const amount = /\./.test(number) ? number.replace(/\.\d$/, '$&0') : `${number}.00`
          assert.ok(
            moneyIn(language, amount, 'EUR')
              .replaceAll(/[^\d.,]/g, '')
              .includes(numberIn(language, amount).replaceAll(/[^\d.,]/g, '')),
          )
        }),
      ))
  })
}

describe('a number that could mean two', () => {
  it('is what the language says it is', () => {
    assert.equal(readNumber('de', '1.249'), '1249')
    assert.equal(readNumber('de', '1,249'), '1.249')
    assert.equal(readNumber('en', '1.249'), '1.249')
    assert.equal(readNumber('en', '1,249'), '1249')
    assert.equal(readNumber('fr', '1,249'), '1.249')
  })
  it('is none where the language does not say it, or is not known', () => {
    assert.equal(readNumber('fr', '1.249'), null)
    assert.equal(readNumber(null, '1.249'), null)
    assert.equal(readNumber(null, '1,249'), null)
  })
})
