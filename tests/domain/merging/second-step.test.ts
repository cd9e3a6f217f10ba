import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { secondStepAfter, secondStepId } from '../../../domain/merging/second-step.ts'
import { jobsAfter } from '../../../domain/ticket-jobs.ts'
import type { TicketEvent } from '../../../domain/events.ts'
import { type Actor, SYSTEM } from '../../../domain/vocabulary.ts'
import { IT, ANNA, NOW, openedTicket, uuid, when } from '../given.ts'

const ID = uuid()
const asked = (
  name: Parameters<typeof when>[1],
  payload: object,
  ticket = openedTicket(),
  by?: Actor,
) => when(ticket, name, payload as never, by)
const steps = (events: readonly TicketEvent[]) =>
  events.flatMap((event) => secondStepAfter(event) ?? [])

describe('the second step', () => {
  const merging = asked('mergeInto', { mergeId: ID, into: 1002, subject: 'x' })

  it('of a merge is the other ticket’s taking in, of its undoing the other one’s letting go', () => {
    assert.deepEqual(steps(merging.events), [{ name: 'acceptMerge', operationId: ID, on: 1002 }])
    const undoing = asked('undoMerge', { mergeId: ID, refused: false }, merging.ticket)
    assert.deepEqual(steps(undoing.events), [{ name: 'revertMerge', operationId: ID, on: 1002 }])
  })

  it('is not there where the merge was refused: nothing came of it', () => {
    const refused = asked('undoMerge', { mergeId: ID, refused: true }, merging.ticket, SYSTEM)
    assert.deepEqual(steps(refused.events), [])
  })

  it('of a split opens the ticket of the messages, of its undoing gives that one up, which merges itself', () => {
    const split = asked('splitOff', { splitId: ID, into: 1003, subject: 'x', messageIds: [uuid()] })
    assert.deepEqual(steps(split.events), [{ name: 'openSplit', operationId: ID, on: 1003 }])
    const back = asked('returnMessages', { splitId: ID }, split.ticket)
    assert.deepEqual(steps(back.events), [{ name: 'undoSplit', operationId: ID, on: 1003 }])
    const opened = when({ ...openedTicket(), opened: false, number: 1003 }, 'openSplit', {
      splitId: ID,
      from: 1001,
      fromSubject: 'Printer',
      subject: 'x',
      requester: ANNA,
      department: IT,
      priority: 'normal',
      messageCount: 1,
      preview: '',
      hasAttachments: false,
      lastMessageAt: NOW,
    })
    const undone = asked('undoSplit', { splitId: ID, subject: 'Printer' }, opened.ticket)
    assert.deepEqual(steps(undone.events), [{ name: 'acceptMerge', operationId: ID, on: 1001 }])
  })

  it('is what the ticket then owes', () => {
    assert.deepEqual(
      jobsAfter(merging.events).map(({ kind }) => kind),
      ['mergeStep'],
    )
  })

  it('is one command, whoever sends it and how often', () => {
    assert.equal(secondStepId('acceptMerge', ID), `acceptMerge-${ID}`)
  })
})
