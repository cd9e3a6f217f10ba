import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Client } from '@temporalio/client'
import { CommandSender } from '../../../../activities/mail-in/ledger/command-sender.ts'
import { Pace } from '../../../../activities/mail-in/ledger/pace.ts'
import { SYSTEM } from '../../../../domain/vocabulary.ts'
import type { RoutedCommand } from '../../../../domain/mail-in/routing/routed-command.ts'
import { received } from '../../../domain/given.ts'

const mail = (id: string, number: number): RoutedCommand => ({
  name: 'mailReceived',
  facts: { number, resume: true },
  command: { id, actor: SYSTEM, payload: { message: received() } },
})

/** A sender to a Temporal that refuses some commands; those that it took are in `taken`. */
function sending(refused: readonly string[]) {
  const taken: string[] = []
  const signalWithStart = async (
    _type: string,
    { signalArgs: [command] }: { signalArgs: [{ id: string }] },
  ): Promise<void> => {
    await Promise.resolve()
    if (refused.includes(command.id)) throw new Error('UNAVAILABLE')
    taken.push(command.id)
  }
  const client = { workflow: { signalWithStart } } as unknown as Client
  const clock = { now: 0 }
  const sender = new CommandSender(client, { warn: () => undefined }, new Pace(), () => clock.now)
  return { sender, taken, clock }
}

describe('commands on their way to their tickets', () => {
  it('do not overtake one of their ticket that could not be sent', async () => {
    const { sender, taken } = sending(['question'])
    sender.send([mail('question', 1), mail('answer', 1), mail('other', 2), mail('third', 1)])
    assert.ok(sender.isSending('answer'))
    await sender.atMost(0)
    assert.deepEqual(taken, ['other'])
  })

  it('are sent again after it, in their order', async () => {
    const refused = ['question']
    const { sender, taken } = sending(refused)
    sender.send([mail('question', 1), mail('answer', 1)])
    await sender.atMost(0)
    refused.length = 0
    sender.send([mail('question', 1), mail('answer', 1)])
    await sender.atMost(0)
    assert.deepEqual(taken, ['question', 'answer'])
  })

  it('are remembered when Temporal has taken them, and no longer than needed', async () => {
    const { sender } = sending(['refused'])
    const many = Array.from({ length: 5_000 }, (_, i) => mail(`many-${i}`, 100 + i))
    sender.send([mail('first', 1), mail('refused', 2), ...many.slice(0, 4_000)])
    assert.ok(sender.hasSent('refused'), 'on its way')
    await sender.atMost(0)
    assert.deepEqual([sender.hasSent('first'), sender.hasSent('refused')], [true, false])
    sender.send(many.slice(4_000))
    await sender.atMost(0)
    assert.deepEqual([sender.hasSent('first'), sender.hasSent('many-4999')], [false, true])
  })

  it('are not relied on for long: a store that was put back has forgotten them', async () => {
    const { sender, taken, clock } = sending([])
    sender.send([mail('question', 1)])
    await sender.atMost(0)
    clock.now = 4_000
    assert.ok(sender.hasSent('question'))
    clock.now = 6_000
    assert.ok(!sender.hasSent('question'), 'goes again before the answer')
    sender.send([mail('question', 1), mail('answer', 1)])
    await sender.atMost(0)
    assert.deepEqual(taken, ['question', 'question', 'answer'])
    assert.ok(sender.hasSent('question'))
  })
})
