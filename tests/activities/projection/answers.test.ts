import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { answersIn } from '../../../activities/projection/answers.ts'
import { eventSchemas } from '../../../domain/areas.ts'
import { type EventType, refusalTypes, type TicketEvent } from '../../../domain/events.ts'

const line = (type: EventType, no: number, commandId: string): TicketEvent =>
  ({
    type,
    no,
    commandId,
    ordinal: 0,
    at: '2026-11-29T02:30:00.000Z',
    actor: { kind: 'system', name: 'Guichet' },
    data: {},
  }) as unknown as TicketEvent

describe('who waits for the answer to a command', () => {
  it('is told the version that its events led to', () => {
    assert.deepEqual(
      answersIn([line('statusChanged', 7, 'a'), line('ownerChanged', 8, 'a')]).commands,
      [['a', 8]],
    )
  })

  for (const type of Object.keys(eventSchemas) as EventType[]) {
    const refusal = refusalTypes.includes(type)
    it(`is ${refusal ? 'not told that it was' : 'told that it was'} carried out by ${type}`, () => {
      assert.equal(answersIn([line(type, 3, 'late')]).commands.length, refusal ? 0 : 1)
    })
  }

  it('is told of a refusal by no line beside one that was carried out', () => {
    assert.deepEqual(
      answersIn([line('approvalVoted', 4, 'first'), line('approvalVoteRefused', 5, 'second')])
        .commands,
      [['first', 4]],
    )
  })
})
