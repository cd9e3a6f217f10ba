import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { storeMails } from '../../../../activities/mail-in/ledger/store.ts'
import {
  mailLeftBehind,
  resendUnsettled,
} from '../../../../activities/mail-in/ledger/resend-unsettled.ts'
import { freshId, rawMail } from '../../../integration/support/mails.ts'
import { TakingMail } from '../intake-desk.ts'

describe('settlement: what a process that died has left behind', () => {
  let desk: TakingMail
  let box: string

  beforeEach(async () => {
    desk = await TakingMail.start()
    box = await desk.mailbox('it@desk.test', await desk.department('IT'))
  })
  afterEach(() => desk.stop())

  const stored = (count: number) =>
    storeMails(
      desk.db,
      desk.routing.blobs,
      Array.from({ length: count }, (_, i) =>
        desk.incoming(box, rawMail({ subject: `Left ${i}`, id: freshId() })),
      ),
    )

  it('finds stored mails once nobody can have them in hand, and routes them in their order', async () => {
    await stored(120)
    assert.deepEqual(await mailLeftBehind(desk.db), { stored: false, unsettled: false })
    await desk.db.pool.query(`UPDATE mail SET stored_at = now() - interval '11 seconds'`)
    assert.deepEqual(await mailLeftBehind(desk.db), { stored: true, unsettled: false })
    assert.equal(await desk.intake.routeLeftBehind(10), 120)
    assert.ok((await desk.ledger()).every((l) => l.state === 'routed'))
    const tickets = (await desk.ledger()).map((l) => l.ticket!)
    assert.deepEqual(
      tickets,
      tickets.toSorted((a, b) => a - b),
    )
    assert.ok(desk.sent.length >= 120)
    assert.equal(new Set(desk.sent.map((c) => c.command.id)).size, 120)
  })

  it('sends a command again with the same id until its event is there, more and more slowly', async () => {
    const [line] = await desk.take(box, rawMail({}))
    assert.equal(
      await resendUnsettled(desk.db, desk.intake),
      0,
      'not while it may still be on its way',
    )
    assert.deepEqual(await mailLeftBehind(desk.db), { stored: false, unsettled: false })
    const forgotten = await mailLeftBehind(desk.db, true)
    assert.deepEqual(forgotten, { stored: false, unsettled: true }, 'unless it may be forgotten')
    await desk.db.pool.query(`UPDATE mail SET sent_at = now() - interval '16 seconds'`)
    assert.equal(await resendUnsettled(desk.db, desk.intake), 1)
    assert.deepEqual(desk.sent[1], desk.sent[0])
    await desk.db.pool.query(`UPDATE mail SET sent_at = now() - interval '16 seconds'`)
    assert.equal(await resendUnsettled(desk.db, desk.intake), 0, 'the second time after thirty')
    assert.equal(await resendUnsettled(desk.db, desk.intake, true), 1, 'at a start at once')
    await desk.db.pool.query(
      `UPDATE mail SET state = 'settled', sent_at = now() - interval '1 day' WHERE id = $1`,
      [line!.id],
    )
    assert.equal(await resendUnsettled(desk.db, desk.intake, true), 0)
  })

  it('gives a busy Temporal two minutes, unless commands that were sent later have arrived', async () => {
    const [lost, other] = await desk.take(
      box,
      rawMail({ id: freshId() }),
      rawMail({ id: freshId() }),
    )
    const sql = (text: string, ...values: unknown[]) => desk.db.pool.query(text, values)
    await sql(`UPDATE mail SET sent_at = now() - interval '40 seconds'`)
    await sql(
      `INSERT INTO ticket (number, version, subject, status, priority, department_id, requester_email, opened_at, updated_at, last_message_at, state)
       SELECT $1, 1, 'Other', 'new', 'normal', id, 'a@client.example', now(), now(), now(), '{}' FROM department LIMIT 1`,
      other!.ticket,
    )
    await sql(
      `INSERT INTO ticket_event (ticket_number, no, type, at, actor, command_id, ordinal, data)
       VALUES ($1, 1, 'noteAdded', now(), '{}', 'any', 0, '{}')`,
      other!.ticket,
    )
    await sql(`UPDATE mail SET state = 'settled' WHERE id = $1`, other!.id)
    assert.equal(await resendUnsettled(desk.db, desk.intake), 0, 'both were sent at the same time')
    await sql(`UPDATE mail SET sent_at = now() - interval '5 seconds' WHERE id = $1`, other!.id)
    desk.sent.splice(0)
    assert.equal(await resendUnsettled(desk.db, desk.intake), 1)
    assert.deepEqual(
      desk.sent.map(({ command }) => command.id),
      [`mail-${lost!.id}`],
    )
  })

  it('sends what comes before a command in its ticket with it, also when that is not due', async () => {
    const root = freshId()
    await desk.take(
      box,
      rawMail({ id: root }),
      ...[1, 2, 3].map(() => rawMail({ id: freshId(), inReplyTo: root })),
    )
    const inOrder = desk.sent.splice(0).map(({ command }) => command.id)
    await desk.db.pool.query(
      `UPDATE mail SET sent_at = now() - interval '16 seconds', attempts = CASE WHEN id = $1 THEN 0 ELSE 5 END`,
      [inOrder[2]!.replace('mail-', '')],
    )
    assert.equal(await resendUnsettled(desk.db, desk.intake), 1)
    assert.deepEqual(
      desk.sent.map(({ command }) => command.id),
      inOrder,
    )
  })

  it('claims each command for one of several processes', async () => {
    await desk.take(box, ...Array.from({ length: 30 }, () => rawMail({ id: freshId() })))
    await desk.db.pool.query(`UPDATE mail SET sent_at = now() - interval '1 hour'`)
    const counts = await Promise.all([1, 2, 3].map(() => resendUnsettled(desk.db, desk.intake)))
    assert.equal(
      counts.reduce((a, b) => a + b),
      30,
    )
  })

  it('leaves a mail to quarantine whose source is gone, and goes on', async () => {
    const [first] = await stored(2)
    await desk.db.pool.query('DELETE FROM blob WHERE sha256 = $1', [first!.row.blobSha256])
    await desk.intake.routeLeftBehind(0)
    const [lost, other] = await desk.ledger()
    assert.deepEqual([lost!.outcome, other!.outcome], ['quarantine', 'ticket'])
    assert.deepEqual(lost!.reason, [{ code: 'mail-source-missing', values: {} }])
  })

  it('stores a mail once and moves the cursor with it', async () => {
    await desk.db.pool.query('UPDATE mailbox SET uid_validity = 1')
    const mail = desk.incoming(box, rawMail({}))
    const cursor = { mailboxId: box, uidValidity: 1n, lastUid: mail.uid }
    const both = await Promise.all([
      desk.intake.take([mail], cursor),
      desk.intake.take([mail], cursor),
    ])
    assert.deepEqual(both.toSorted(), [0, 1])
    await desk.intake.routed()
    assert.deepEqual([(await desk.ledger()).length, desk.sent.length], [1, 1])
    assert.deepEqual(await desk.rows('SELECT last_uid FROM mailbox'), [
      { last_uid: String(mail.uid) },
    ])
    await desk.intake.take([], { ...cursor, lastUid: 0n })
    assert.deepEqual(
      await desk.rows('SELECT last_uid FROM mailbox'),
      [{ last_uid: String(mail.uid) }],
      'never backwards',
    )
    await desk.intake.take([], { ...cursor, uidValidity: 2n, lastUid: 900n })
    assert.deepEqual(
      await desk.rows('SELECT last_uid FROM mailbox'),
      [{ last_uid: String(mail.uid) }],
      'nor under another UIDVALIDITY',
    )
  })
})
