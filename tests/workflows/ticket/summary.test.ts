import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { Command } from '../../../domain/commands.ts'
import type { InboxItem } from '../../../workflows/ticket/inbox.ts'
import { summaryOf } from '../../../workflows/ticket/summary.ts'
import { SYSTEM } from '../../../domain/vocabulary.ts'
import { agent, SAM, uuid } from '../../domain/given.ts'

const by = (name: string): InboxItem['command']['actor'] => ({ kind: 'agent', id: SAM.id, name })
const note = (actor = agent): InboxItem => ({
  name: 'addNote',
  command: { id: uuid(), actor, payload: { noteId: uuid(), preview: '' } } as Command<'addNote'>,
})
const priority = (actor = agent): InboxItem => ({
  name: 'changePriority',
  command: { id: uuid(), actor, payload: { priority: 'high' } },
})

describe('what the timeline of the Temporal UI says of a task', () => {
  it('is who did what', () => {
    assert.equal(summaryOf([note()]), 'Sam: addNote')
    assert.equal(summaryOf([note(), priority(SYSTEM)]), 'Sam: addNote, Guichet: changePriority')
  })

  it('names the same by the same once, with its number', () => {
    const twenty = Array.from({ length: 20 }, () => note())
    assert.equal(summaryOf(twenty), 'Sam: addNote (20)')
    assert.equal(
      summaryOf([...twenty, priority(), note(by('Lea'))]),
      'Sam: addNote (20), Sam: changePriority, Lea: addNote',
    )
  })

  it('of several commands in one names their steps', () => {
    const steps = [
      { name: 'changePriority', payload: { priority: 'high' } },
      { name: 'changeOwner', payload: { owner: null } },
    ]
    const command = { id: uuid(), actor: agent, payload: { steps } } as Command
    assert.equal(
      summaryOf([{ name: 'changeProperties', command }]),
      'Sam: changePriority + changeOwner',
    )
  })

  it('is never longer than Temporal takes, and counts every command', () => {
    const names = fc.array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 }), {
      minLength: 1,
      maxLength: 40,
    })
    fc.assert(
      fc.property(names, (all) => {
        const said = summaryOf(all.map((name) => note(by(name))))
        assert.ok(said.length <= 130, said)
        assert.ok(Buffer.byteLength(said) <= 400, said)
      }),
    )
    const thirty = Array.from({ length: 30 }, (_, i) => note(by(`Colleague number ${i}`)))
    const said = summaryOf(thirty)
    assert.match(said, /^Colleague number 0: addNote, .*, \d+ more$/)
    const [named = ''] = said.split(/, \d+ more/)
    assert.equal(named.split(', ').length + Number(/(\d+) more/.exec(said)?.[1]), 30)
  })
})
