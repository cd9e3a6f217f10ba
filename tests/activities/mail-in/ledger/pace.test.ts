import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { beforeEach, describe, it } from 'node:test'
import { Pace } from '../../../../activities/mail-in/ledger/pace.ts'

describe('how fast commands of mails go to their tickets', () => {
  let now = 0
  let hears = true
  let pace: Pace
  let begun: string[] = []
  beforeEach(() => {
    now = 1_000_000
    hears = true
    begun = []
    pace = new Pace(
      () => hears,
      () => now,
    )
  })

  /** Commands of as many mails, each taken by Temporal when it is its turn. */
  const send = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) {
      const id = `mail-${randomUUID()}`
      void pace.enter(id, i).then((taken) => {
        begun.push(id)
        taken(true)
      })
    }
    await settled()
  }
  const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
  const written = async (ids: readonly string[], more: object = {}): Promise<void> => {
    for (const id of ids) pace.heard(JSON.stringify({ number: 1, commands: [[id, 1]], ...more }))
    await settled()
  }

  it('lets the next one go when one is written, and not when Temporal has it', async () => {
    await send(80)
    assert.equal(begun.length, 50)
    await written(begun.slice(0, 7))
    assert.equal(begun.length, 57)
  })

  it('makes room for people as long as they act, and no longer', async () => {
    await send(80)
    await written(['note-of-somebody'], { byAgent: true })
    await written(begun.slice(0, 46))
    assert.deepEqual([begun.length, pace.size], [50, 4], 'none comes after those on their way')
    await written(begun.slice(46, 48))
    assert.deepEqual([begun.length, pace.size], [52, 4])
    now += 15_000
    await written(begun.slice(48, 49))
    assert.equal(begun.length, 80)
  })

  it('waits for nothing that it cannot hear of, or when the process ends', async () => {
    hears = false
    await send(80)
    assert.equal(begun.length, 80)
    hears = true
    begun = []
    await send(80)
    assert.equal(begun.length, 50)
    pace.open()
    await settled()
    assert.deepEqual([begun.length, pace.size], [80, 0])
  })

  it('goes on after a command that Temporal has not taken', async () => {
    const refused = await pace.enter('mail-refused', 1)
    await send(60)
    assert.equal(begun.length, 49)
    refused(false)
    await settled()
    assert.equal(begun.length, 50)
  })

  it('knows how many mails are written of late, whoever wrote them', async () => {
    await written(Array.from({ length: 60 }, () => `mail-${randomUUID()}`))
    await written(['note-1', 'note-2'])
    assert.equal(pace.rate, 2)
    now += 31_000
    assert.equal(pace.rate, 2)
    now += 61_000
    assert.equal(pace.rate, 0)
  })

  it('does not mind what is said of other things', () => {
    for (const payload of ['', 'x', '{"mailbox":1}', '[]']) pace.heard(payload)
    assert.equal(pace.size, 0)
  })
})
