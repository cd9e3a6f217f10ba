import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { overtaken, promisedFirst } from '../../../domain/tickets/promised-order.ts'

interface Item {
  command: { id: string; asked: boolean }
}

/** A ticket, its log, what is kept of it, and a run and a store of Temporal that lose signals. */
class Desk {
  readonly promised: string[] = []
  readonly log: string[] = []
  /** What the store has of the run: signals in their order, and how many the run has taken. */
  #signals: Item[] = []
  #backup: Item[] = []
  #inbox: Item[] = []
  #last = 0

  /** Somebody asks, is told that it is kept, and only then the next one asks. */
  ask(isTaken: boolean): void {
    const id = `c${++this.#last}`
    this.promised.push(id)
    if (isTaken) this.#signal(id, true)
  }
  mail(): void {
    this.#signal(`m${++this.#last}`, false)
  }
  /** Asked and not kept: whoever asks still waits. */
  wait(): void {
    this.#signal(`w${++this.#last}`, true)
  }
  loseRun(): void {
    this.#signals = []
    this.#inbox = []
  }
  copyStore(): void {
    this.#backup = [...this.#signals]
  }
  putStoreBack(): void {
    this.#signals = [...this.#backup]
    // The run is followed again: what it has decided is in the log.
    this.#inbox = [...this.#signals]
  }
  /** `reconcile` sends what is due, which need not be all. */
  resend(which: number): void {
    this.#open().forEach((id, at) => {
      if ((which >> (at % 8)) & 1) this.#signal(id, true)
    })
  }
  /** The run takes some of what came. */
  work(most: number): void {
    for (let turns = 0; this.#inbox.length > 0; turns++) {
      assert.ok(turns < 100, 'it comes to an end')
      const batch = this.#inbox.splice(0, most)
      const asked = batch.flatMap(({ command }) => (command.asked ? [command.id] : []))
      const first = overtaken(asked, this.#open()).map((id) => ({ command: { id, asked: true } }))
      if (asked.length > 0 && first.length > 0) {
        const ids = first.map(({ command }) => command.id)
        const waiting = this.#inbox.filter(({ command }) => !ids.includes(command.id))
        this.#inbox = [...promisedFirst(batch, asked, first), ...waiting]
        most = Math.max(most, first.length)
        continue
      }
      for (const { command } of batch) if (!this.log.includes(command.id)) this.log.push(command.id)
      return
    }
  }
  settle(): void {
    this.resend(255)
    for (let turns = 0; this.#inbox.length > 0; turns++) {
      assert.ok(turns < 1_000, 'it comes to an end')
      this.work(3)
    }
  }

  #open = (): string[] => this.promised.filter((id) => !this.log.includes(id))
  #signal(id: string, asked: boolean): void {
    const item = { command: { id, asked } }
    this.#signals.push(item)
    this.#inbox.push(item)
  }
}

const step = fc.oneof(
  fc.boolean().map((isTaken) => (desk: Desk) => {
    desk.ask(isTaken)
  }),
  fc.constant((desk: Desk) => {
    desk.mail()
  }),
  fc.constant((desk: Desk) => {
    desk.wait()
  }),
  fc.constant((desk: Desk) => {
    desk.loseRun()
  }),
  fc.constant((desk: Desk) => {
    desk.copyStore()
  }),
  fc.constant((desk: Desk) => {
    desk.putStoreBack()
  }),
  fc.nat(255).map((which) => (desk: Desk) => {
    desk.resend(which)
  }),
  fc.integer({ min: 1, max: 4 }).map((most) => (desk: Desk) => {
    desk.work(most)
  }),
)

describe('what people were promised', () => {
  it('is done once each, in the order of the promises, whatever run or store is lost meanwhile', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const desk = new Desk()
        for (const take of steps) take(desk)
        desk.settle()
        assert.deepEqual(
          desk.log.filter((id) => id.startsWith('c')),
          desk.promised,
        )
      }),
      { numRuns: 500 },
    )
  })

  it('goes before what others wait for, and not before mail and what Guichet had to do before', () => {
    const item = (id: string): { command: { id: string } } => ({ command: { id } })
    const ids = (items: readonly { command: { id: string } }[]) =>
      items.map(({ command }) => command.id)
    assert.deepEqual(overtaken(['new'], ['low', 'high']), ['low', 'high'])
    assert.deepEqual(overtaken(['low'], ['low', 'high']), [])
    assert.deepEqual(overtaken(['low', 'new', 'high'], ['low', 'high']), ['low', 'high'])
    assert.deepEqual(overtaken([], ['low']), [])
    const batch = ['mail', 'new', 'high'].map(item)
    assert.deepEqual(ids(promisedFirst(batch, ['new', 'high'], ['low', 'high'].map(item))), [
      'mail',
      'low',
      'high',
      'new',
    ])
  })
})
