import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { preview } from '../../domain/mail-out/body.ts'
import { cut } from '../../domain/cut.ts'
import { firstWords } from '../../domain/mail-in/first-words.ts'
import { wellFormedText } from '../../domain/well-formed-text.ts'
import { anyText, hasHalfPair, isStorable } from './arbitrary-text.ts'

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' })

/** The reference: whole characters, from the first, as long as they fit; of one that does not, its code points. */
function wholeCharacters(text: string, most: number): string {
  let whole = ''
  for (const { segment } of graphemes.segment(text)) {
    if (whole.length + segment.length > most) break
    whole += segment
  }
  return whole === '' ? codePoints(text, most) : whole
}

function codePoints(text: string, most: number): string {
  let start = ''
  for (const point of text) {
    if (start.length + point.length > most) break
    start += point
  }
  return start
}

describe('cutting a text', () => {
  it('leaves as many whole characters as fit', () => {
    assert.equal(cut('Grüße 😀', 7), 'Grüße ')
    assert.equal(cut('Grüße 😀', 8), 'Grüße 😀')
    assert.equal(cut('👩‍👩‍👧‍👦👩‍👩‍👧‍👦', 12), '👩‍👩‍👧‍👦')
    assert.equal(cut('e\u0301e\u0301', 3), 'e\u0301')
    assert.equal(cut('a\r\nb', 2), 'a')
    assert.equal(cut('abc', 0), '')
    fc.assert(
      fc.property(
        fc.array(anyText, { maxLength: 3 }).map((texts) => cut(texts.join(''), 120)),
        fc.integer({ min: 0, max: 130 }),
        (text, most) => {
          assert.equal(cut(text, most), wholeCharacters(text, most))
        },
      ),
      { numRuns: 2_000 },
    )
  })

  it('never leaves half a pair, nor more than asked for, of a text of any length', () => {
    fc.assert(
      fc.property(
        fc.array(anyText, { maxLength: 6 }).map((texts) => wellFormedText(texts.join(''))),
        fc.integer({ min: 0, max: 1_500 }),
        (text, most) => {
          const short = cut(text, most)
          assert.ok(short.length <= most && text.startsWith(short) && !hasHalfPair(short))
        },
      ),
      { numRuns: 2_000 },
    )
  })

  it('ends also within a character that has thousands of marks', () => {
    const zalgo = `a${'\u0301'.repeat(5_000)}`
    assert.equal(cut(zalgo, 3_000).length, 3_000)
    assert.ok(!hasHalfPair(cut(`x${'😀\u200d'.repeat(500)}`, 1_000)))
  })

  it('is what previews and first words are made with', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        assert.ok(isStorable(preview(wellFormedText(text))))
        assert.ok(isStorable(firstWords(text, 200)))
      }),
      { numRuns: 1_000 },
    )
  })
})
