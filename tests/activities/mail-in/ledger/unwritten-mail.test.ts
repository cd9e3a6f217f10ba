import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { keepUnwritten } from '../../../../activities/projection/unwritten-commands.ts'
import { freshId, rawMail } from '../../../integration/support/mails.ts'
import { type LedgerLine, TakingMail } from '../intake-desk.ts'

const ANNA = 'Anna Weber <anna@client.example>'

describe('a mail whose command the database cannot take', () => {
  let desk: TakingMail
  let box: string

  before(async () => {
    desk = await TakingMail.start()
    box = await desk.mailbox('it@desk.test', await desk.department('IT', true))
  })
  after(() => desk?.stop())

  const unwritable = async ({ id }: LedgerLine): Promise<void> => {
    const { name, facts, command } = desk.sent.findLast((c) => c.command.id === `mail-${id}`)!
    await keepUnwritten(desk.db, {
      ticketNumber: facts.number,
      name,
      command,
      reason: 'SQLSTATE 22P05: no \0 such \ud800 text',
    })
  }
  const line = async (id: string): Promise<LedgerLine> =>
    (await desk.ledger()).find((l) => l.id === id)!
  const count = async (table: string, where: string, value: unknown): Promise<number> =>
    (
      await desk.rows<{ n: number }>(
        `SELECT count(*)::int AS n FROM ${table} WHERE ${where} = $1`,
        [value],
      )
    )[0]!.n

  it('ends in quarantine with the reason, and nothing of it stays behind', async () => {
    const [mail] = await desk.take(box, rawMail({ from: ANNA, id: freshId() }))
    await unwritable(mail!)
    const quarantined = await line(mail!.id)
    assert.deepEqual(
      [quarantined.state, quarantined.outcome, quarantined.reason, quarantined.ticket],
      [
        'settled',
        'quarantine',
        [
          { code: 'mail-not-routed', values: {} },
          {
            code: 'technical-cause',
            values: { cause: 'SQLSTATE 22P05: no  such \ufffd text' },
          },
        ],
        null,
      ],
    )
    for (const table of ['message', 'message_reference', 'participant'])
      assert.equal(await count(table, 'ticket_number', mail!.ticket), 0, table)
    assert.equal(await count('unwritten_command', 'ticket_number', mail!.ticket), 0)
  })

  it('opens its ticket when it is tried again', async () => {
    const id = freshId()
    const [mail] = await desk.take(box, rawMail({ from: ANNA, id }))
    await unwritable(mail!)
    await desk.intake.retryQuarantined(mail!.id)
    await desk.intake.routed()
    const again = await line(mail!.id)
    assert.deepEqual([again.state, again.outcome], ['routed', 'ticket'])
    assert.notEqual(again.ticket, mail!.ticket)
    assert.ok(desk.sent.at(-1)!.command.payload && 'opening' in desk.sent.at(-1)!.command.payload)
  })

  it('takes no answer with it: one that was routed to the ticket that never opened is routed again', async () => {
    const id = freshId()
    const [question] = await desk.take(box, rawMail({ from: ANNA, id }))
    const [answer] = await desk.take(
      box,
      rawMail({ from: ANNA, id: freshId(), subject: 'Re: it', inReplyTo: id }),
    )
    assert.equal(answer!.ticket, question!.ticket)
    await unwritable(question!)
    assert.equal((await line(answer!.id)).state, 'stored')
  })

  it('takes nothing back once its event is written', async () => {
    const [mail] = await desk.take(box, rawMail({ from: ANNA, id: freshId() }))
    await desk.rows(`UPDATE mail SET state = 'settled' WHERE id = $1`, [mail!.id])
    await unwritable(mail!)
    assert.equal((await line(mail!.id)).outcome, 'ticket')
  })
})
