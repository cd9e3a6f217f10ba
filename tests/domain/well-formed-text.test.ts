import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { wellFormedText, wellFormedTexts } from '../../domain/well-formed-text.ts'

describe('text that databases and JSON can hold', () => {
  it('is left as it is, emoji and other pairs too', () => {
    for (const text of ['', 'Grüße 😀', '\uFFFD', 'a\tb\n'])
      assert.equal(wellFormedText(text), text)
  })

  it('has no NUL, and U+FFFD in the place of half a pair', () => {
    assert.equal(wellFormedText('a\0b\0'), 'ab')
    assert.equal(wellFormedText('\uD83Da\uDE00 \uD83D\uD83D\uDE00'), '\uFFFDa\uFFFD \uFFFD😀')
  })

  it('is so wherever it stands in a value, of which nothing else changes', () => {
    const at = new Date(0)
    assert.deepEqual(wellFormedTexts({ a: ['x\0', 1, null, { b: '\uD83D' }], at, c: undefined }), {
      a: ['x', 1, null, { b: '\uFFFD' }],
      at,
      c: undefined,
    })
  })
})
