import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { isInside } from '../../domain/tree.ts'

describe('a tree', () => {
  const parents = new Map([
    ['company', null],
    ['site', 'company'],
    ['room', 'site'],
    ['other', null],
  ])

  it('has everything inside itself, and inside what is around it', () => {
    assert.equal(isInside(parents, 'site', 'site'), true)
    assert.equal(isInside(parents, 'company', 'room'), true)
    assert.equal(isInside(parents, 'room', 'company'), false)
    assert.equal(isInside(parents, 'other', 'room'), false)
    assert.equal(isInside(parents, 'other', 'nowhere'), false)
  })

  it('never gets a circle by moves that the rule lets pass', () => {
    const name = fc.integer({ min: 0, max: 7 }).map(String)
    fc.assert(
      fc.property(fc.array(fc.tuple(name, name), { maxLength: 60 }), (moves) => {
        const tree = new Map<string, string | null>()
        for (const [id, into] of moves) if (!isInside(tree, id, into)) tree.set(id, into)
        for (const id of tree.keys()) {
          let at: string | null = id
          for (let steps = 0; at !== null; steps++) {
            assert.ok(steps <= tree.size, `${id} is inside itself`)
            at = tree.get(at) ?? null
          }
        }
      }),
    )
  })

  it('that is broken already is looked at only once around', () =>
    assert.equal(
      isInside(
        new Map([
          ['a', 'b'],
          ['b', 'a'],
        ]),
        'c',
        'a',
      ),
      false,
    ))
})
