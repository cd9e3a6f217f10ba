import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { secondStepAfter, secondStepId } from '../../../domain/merging/second-step.ts'
import { askedTo } from '../../../domain/asked.ts'
import { notificationsOf } from '../../../domain/areas.ts'
import { decide, refusalLines } from '../../../domain/decide.ts'
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

  it('that is refused is told to whoever asked and was not given it as the answer, and to them once', () => {
    const by: Actor = { kind: 'agent', id: uuid(), name: 'Sam Stone' }
    const undoing = (heard: boolean, asker: Actor) => ({
      mergeId: ID,
      refused: true,
      refusal: {
        code: 'merge-into-closed',
        message: 'Closed.',
        values: { number: 1002 },
        by: asker,
        commandId: `merge-${ID}`,
        asked: askedTo('merge', '#1002'),
        heard,
      },
    })
    const told = (heard: boolean, asker: Actor = by) => {
      const { events, ticket } = asked('undoMerge', undoing(heard, asker), merging.ticket, SYSTEM)
      return notificationsOf({ before: merging.ticket, after: ticket, events })
        .filter(({ kind }) => kind === 'commandRefused')
        .map(({ to, data }) => [to, data['code'], data['commandId']])
    }
    assert.deepEqual(told(false), [[{ userId: by.id }, 'merge-into-closed', `merge-${ID}`]])
    assert.deepEqual(told(true), [], 'they were given it as the answer')
    assert.deepEqual(told(false, SYSTEM), [], 'nobody asked')
    const once = asked('undoMerge', undoing(false, by), merging.ticket, SYSTEM).ticket
    assert.deepEqual(asked('undoMerge', undoing(false, by), once, SYSTEM).events, [])
  })

  it('that is refused leaves no second line where it was refused', () => {
    const closed = { ...openedTicket(), status: 'closed' as const }
    const command = {
      id: secondStepId('acceptMerge', ID),
      actor: SYSTEM,
      payload: { mergeId: ID, number: 1002, subject: 'x', messageCount: 1, watchers: [] },
    }
    const { rejection } = decide(closed, 'acceptMerge', command, NOW)
    assert.equal(rejection?.code, 'merge-into-closed')
    assert.deepEqual(refusalLines(closed, 'acceptMerge', command, rejection!, NOW), [])
  })

  it('carries on until when whoever asked waits, through the undoing of a split too', () => {
    const event = (type: string, data: object) =>
      secondStepAfter({ type, data } as unknown as TicketEvent)?.answerBy
    assert.equal(event('ticketMerged', { mergeId: ID, into: 2, subject: 'x', answerBy: 7 }), 7)
    assert.equal(event('messagesReturned', { splitId: ID, from: 2, answerBy: 7 }), 7)
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
      messageIds: [uuid()],
      preview: '',
      hasAttachments: false,
      lastMessageAt: NOW,
      lastDirection: 'inbound',
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
