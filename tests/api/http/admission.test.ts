import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { Admission } from '../../../api/http/admission.ts'

describe('which changes are let in', () => {
  let now = 0
  let admission: Admission
  beforeEach(() => {
    now = 1_000_000
    admission = new Admission(() => now)
  })

  /** As many as are let in of so many that come at once. */
  const come = (count: number): (() => void)[] => {
    const leaving: (() => void)[] = []
    for (let i = 0; i < count; i++) {
      const leave = admission.enter()
      if (leave === null) break
      leaving.push(leave)
    }
    return leaving
  }

  /** A desk that does one after the other, each in so many milliseconds. */
  const work = (each: number, rounds: number): number => {
    let most = 0
    const underway = come(1_000)
    for (let i = 0; i < rounds; i++) {
      now += each
      underway.shift()?.()
      underway.push(...come(1_000))
      most = Math.max(most, underway.length)
    }
    const last = underway.length
    for (const leave of underway) leave()
    assert.ok(most >= last)
    return last
  }

  it('lets in as many as are done within seconds, by how fast it goes', () => {
    for (const each of [20, 40, 80]) {
      admission = new Admission(() => now)
      const underway = work(each, 3_000)
      assert.ok(
        underway * each <= 9_000 && underway * each >= 4_000,
        `${underway} at ${each} ms each`,
      )
    }
  })

  it('always lets in a few, however slow it was', () => {
    work(5_000, 100)
    assert.ok(come(1_000).length >= 64)
  })

  it('lets in no more when nothing is done at all', () => {
    come(64)
    now += 3_001
    assert.equal(admission.enter(), null)
    assert.ok(admission.comeAgain >= 1 && admission.comeAgain <= 30)
  })

  it('counts each end once', () => {
    const [leave] = come(1)
    leave!()
    leave!()
    come(64)
    now += 3_001
    assert.equal(admission.enter(), null)
  })
})
