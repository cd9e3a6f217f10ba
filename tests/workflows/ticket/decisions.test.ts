import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { commands } from '../../../domain/areas.ts'
import type { Command } from '../../../domain/commands.ts'
import { decideBatch } from '../../../workflows/ticket/decisions.ts'
import type { InboxItem } from '../../../workflows/ticket/inbox.ts'
import { NOW, openedTicket } from '../../domain/given.ts'
import { storyOf } from '../../domain/properties.ts'

const batchOf = fc.array(storyOf(commands), { maxLength: 1 }).map((stories) =>
  stories.flat().map(({ name, payload, actor }, index): InboxItem => ({
    name,
    command: { id: `command-${index}`, actor, payload } as Command,
  })),
)
const always = (holds: (batch: InboxItem[]) => void): void => {
  fc.assert(fc.property(batchOf, holds), { numRuns: 60 })
}

describe('a batch of commands', () => {
  it('is the same with each command sent twice', () => {
    always((batch) => {
      const ticket = openedTicket()
      const once = decideBatch(ticket, batch, new Set(), NOW)
      const doubled = batch.flatMap((item) => [item, item])
      assert.deepEqual(decideBatch(ticket, doubled, new Set(), NOW), once)
      assert.deepEqual(decideBatch(ticket, [...batch, ...batch], new Set(), NOW), once)
    })
  })

  it('changes nothing when all of it is in the log already', () => {
    always((batch) => {
      const ticket = openedTicket()
      const applied = new Set(batch.map(({ command }) => command.id))
      assert.deepEqual(decideBatch(ticket, batch, applied, NOW), {
        ticket,
        events: [],
        outcomes: [],
      })
    })
  })
})
