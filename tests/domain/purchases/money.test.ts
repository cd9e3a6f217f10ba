import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { currencyCodes, decimalsOf } from '../../../domain/purchases/currencies.ts'
import {
  AmountError,
  amountsOf,
  compare,
  plus,
  readDecimal,
  roundTo,
  times,
  writeDecimal,
} from '../../../domain/purchases/money.ts'

const d = (text: string) => readDecimal(text)!

describe('decimal numbers', () => {
  it('are read and written without loss', () => {
    for (const text of ['0', '0.00', '7', '1234.50', '-0.001', '999999999999999.999999'])
      assert.equal(writeDecimal(d(text)), text)
  })

  it('are nothing but digits with one point', () => {
    for (const text of [
      '',
      '.',
      '.5',
      '5.',
      '1,5',
      '1e3',
      ' 1',
      '+1',
      '--1',
      '1.2.3',
      '0x10',
      'NaN',
      '1234567890123456',
      '0.1234567',
    ])
      assert.equal(readDecimal(text), null, text)
  })

  it('add up where floats do not: 0.1 + 0.2 is 0.3', () => {
    assert.equal(writeDecimal(plus(d('0.1'), d('0.2'))), '0.3')
    assert.equal(compare(plus(d('0.1'), d('0.2')), d('0.30')), 0)
    assert.equal(writeDecimal(Array.from({ length: 1000 }, () => d('0.01')).reduce(plus)), '10.00')
  })

  it('multiply exactly, beyond what a float can count', () => {
    assert.equal(
      writeDecimal(times(d('999999999999999'), d('999999999999.99'))),
      '999999999999989000000000000.01',
    )
  })

  it('round halves away from zero', () => {
    const cases: [string, number, string][] = [
      ['1.005', 2, '1.01'],
      ['2.675', 2, '2.68'],
      ['1.0049', 2, '1.00'],
      ['-1.005', 2, '-1.01'],
      ['0.5', 0, '1'],
      ['1', 3, '1.000'],
    ]
    for (const [text, scale, rounded] of cases)
      assert.equal(writeDecimal(roundTo(d(text), scale)), rounded, `${text} to ${scale}`)
  })

  it('compare whatever their decimals', () => {
    assert.equal(compare(d('1000'), d('1000.000')), 0)
    assert.equal(compare(d('999.99'), d('1000')), -1)
    assert.equal(compare(d('1000.001'), d('1000')), 1)
  })
})

describe('amounts of a purchase', () => {
  it('follow the currency: two decimals, none, three', () => {
    const lines = [{ quantity: '3', unitPrice: '1234.565' }]
    assert.deepEqual(amountsOf(lines, 'EUR'), {
      lines: ['3703.70'],
      totals: [{ currency: 'EUR', amount: '3703.70' }],
      total: '3703.70',
    })
    assert.deepEqual(amountsOf(lines, 'JPY'), {
      lines: ['3704'],
      totals: [{ currency: 'JPY', amount: '3704' }],
      total: '3704',
    })
    assert.deepEqual(amountsOf(lines, 'KWD'), {
      lines: ['3703.695'],
      totals: [{ currency: 'KWD', amount: '3703.695' }],
      total: '3703.695',
    })
    assert.deepEqual(
      [decimalsOf('EUR'), decimalsOf('JPY'), decimalsOf('TND'), decimalsOf('XXX')],
      [2, 0, 3, null],
    )
  })

  it('add up as they are written: the total is the sum of the rounded lines', () => {
    const lines = Array.from({ length: 3 }, () => ({ quantity: '1', unitPrice: '0.335' }))
    assert.deepEqual(amountsOf(lines, 'EUR'), {
      lines: ['0.34', '0.34', '0.34'],
      totals: [{ currency: 'EUR', amount: '1.02' }],
      total: '1.02',
    })
  })

  it('of different currencies are summed apart, each by its own decimals', () => {
    const lines = [
      { quantity: '1', unitPrice: '0.335' },
      { quantity: '1', unitPrice: '0.335', currency: 'JPY' },
      { quantity: '1', unitPrice: '0.3355', currency: 'KWD' },
      { quantity: '2', unitPrice: '0.335', currency: 'EUR' },
    ]
    assert.deepEqual(amountsOf(lines, 'EUR'), {
      lines: ['0.34', '0', '0.336', '0.67'],
      totals: [
        { currency: 'EUR', amount: '1.01' },
        { currency: 'JPY', amount: '0' },
        { currency: 'KWD', amount: '0.336' },
      ],
      total: '1.01',
    })
    assert.equal(amountsOf(lines.slice(1, 2), 'EUR').total, '0.00')
  })

  it('of nothing are nothing', () =>
    assert.deepEqual(amountsOf([], 'EUR'), {
      lines: [],
      totals: [{ currency: 'EUR', amount: '0.00' }],
      total: '0.00',
    }))

  it('refuse a currency that is none and a number that is none', () => {
    assert.throws(() => amountsOf([], 'EURO'), AmountError)
    assert.throws(() => amountsOf([{ quantity: 'two', unitPrice: '1' }], 'EUR'), AmountError)
  })

  it('know every currency once', () => {
    assert.equal(new Set(currencyCodes).size, currencyCodes.length)
    assert.ok(currencyCodes.every((code) => /^[A-Z]{3}$/.test(code)))
  })
})
