import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { foreignLine } from '../../domain/foreign-line.ts'
import { anyText } from './arbitrary-text.ts'

describe('what a foreign server said, as it is written down', () => {
  it('is one short line without control characters, whatever it is', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1, max: 400 }), (text, most) => {
        const line = foreignLine(text, most)
        assert.ok(line.length <= most)
        assert.doesNotMatch(line, /[\p{Cc}\p{Surrogate}\u2028\u2029\u202A-\u202E\u2066-\u2069]/u)
        assert.equal(line, line.trim())
      }),
      { numRuns: 1000 },
    )
  })

  it('is read as UTF-8 where it came byte by byte', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 20 }), (text) => {
        const bytes = Buffer.from(text).toString('latin1')
        assert.equal(foreignLine(`554 ${bytes}`), foreignLine(`554 ${text}`))
      }),
    )
    assert.equal(
      foreignLine(`554 ${Buffer.from('zu groß').toString('latin1')} \xff`),
      '554 zu groß ÿ',
    )
  })

  it('stays as it is where it is Latin-1 or text already', () => {
    assert.equal(
      foreignLine('554 Zugriff verweigert für Gäste'),
      '554 Zugriff verweigert für Gäste',
    )
    assert.equal(foreignLine('550 拒绝 😀'), '550 拒绝 😀')
  })
})
