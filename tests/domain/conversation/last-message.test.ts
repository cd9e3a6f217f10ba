import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { Ticket } from '../../../domain/ticket.ts'
import { openedTicket, outgoing, received, requester, SAM, uuid, when } from '../given.ts'

const shown = (t: Ticket) => [t.preview, t.lastDirection, t.lastMessageAt, t.messageCount]

describe('the last message that lists show', () => {
  it('is the one before an answer that was taken back', () => {
    const before = openedTicket()
    const { messageId } = outgoing()
    const reply = outgoing({ messageId, preview: 'Take me back', holdMs: 20_000, oneWay: true })
    const later = '2026-11-24T10:00:00.000Z'
    const answered = when(before, 'reply', { ...reply, hasAttachments: true }, undefined, later)
    assert.deepEqual(shown(answered.ticket), ['Take me back', 'outbound', later, 2])
    const { ticket } = when(answered.ticket, 'cancelReply', { messageId }, undefined, later)
    assert.deepEqual(shown(ticket), shown(before))
    assert.deepEqual(
      [ticket.hasAttachments, ticket.oneWay, ticket.standing],
      [before.hasAttachments, before.oneWay, null],
    )
  })

  it('is the last that stands, whatever is taken back, leaves, fails or comes meanwhile', () => {
    const step = fc.record({
      what: fc.constantFrom('receive', 'answer', 'cancel', 'sent', 'failed', 'doubtful', 'retry'),
      which: fc.nat(5),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        let ticket = openedTicket()
        let stands: { id: string; shown: unknown[] }[] = [
          { id: '', shown: shown(ticket).slice(0, 3) },
        ]
        for (const [i, { what, which }] of steps.entries()) {
          const now = new Date(Date.parse('2026-11-24T10:00:00.000Z') + i * 1000).toISOString()
          const messageId = ticket.pending[which % (ticket.pending.length || 1)]?.messageId ?? ''
          const failed = ticket.undelivered[which % (ticket.undelivered.length || 1)]
          const decided = (...args: [Parameters<typeof when>[1], object]) =>
            when(
              ticket,
              args[0],
              args[1] as never,
              args[0] === 'mailReceived' ? requester : undefined,
              now,
            )
          const preview = `message ${i}`
          const id = uuid()
          const decision =
            what === 'receive'
              ? decided('mailReceived', { message: received({ messageId: id, preview }) })
              : what === 'answer'
                ? decided('reply', outgoing({ messageId: id, preview }))
                : what === 'cancel'
                  ? decided('cancelReply', { messageId })
                  : what === 'retry'
                    ? decided('retryMessage', { messageId: failed ?? SAM.id })
                    : decided('recordDelivery', {
                        messageId,
                        outcome: what,
                        detail: '',
                        attempt: 1,
                      })
          if (decision.rejection) continue
          ticket = decision.ticket
          if (what === 'receive') stands.push({ id, shown: [preview, 'inbound', now] })
          if (what === 'answer') stands.push({ id, shown: [preview, 'outbound', now] })
          if (what === 'cancel') stands = stands.filter((one) => one.id !== messageId)
          assert.deepEqual(shown(ticket), [...(stands.at(-1)?.shown ?? []), stands.length])
        }
        const revocable = ticket.pending.some((one) => one.revocable)
        assert.equal(ticket.standing !== null, revocable, 'held only as long as it is needed')
      }),
    )
  })
})
