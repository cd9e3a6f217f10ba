import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isNestedDeeperThan } from '../../../platform/html/element-depth.ts'

describe('the depth of elements', () => {
  const nested = (levels: number): string => `${'<div>'.repeat(levels)}x${'</div>'.repeat(levels)}`

  it('is counted to the level', () => {
    assert.equal(isNestedDeeperThan(400, nested(400)), false)
    assert.equal(isNestedDeeperThan(400, nested(401)), true)
    assert.equal(isNestedDeeperThan(400, nested(400) + nested(400)), false)
  })

  it('is not that of what stands side by side, closed or not', () => {
    for (const html of ['<p>x', '<br>', '<img src="x">', '<li>x', '<b>x</b>', 'x < y'])
      assert.equal(isNestedDeeperThan(10, html.repeat(10_000)), false, html)
  })

  it('is seen however it is written', () => {
    for (const html of ['<div>', '<li><p>', '<b title="</b>">', '<!--><i>-->', '<a\n'])
      assert.equal(isNestedDeeperThan(400, `${html}>`.repeat(1_000)), true, html)
  })
})
