import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import pg from 'pg'
import { eventually } from '../harness/eventually.ts'
import { withoutDovecot } from '../harness/needs.ts'
import { Desk } from '../integration/support/desk.ts'
import { rawMail } from '../integration/support/mails.ts'
import { runCommand } from './run-command.ts'

describe('npm run mailboxes', { skip: withoutDovecot }, () => {
  let desk: Desk
  let client: pg.Client
  before(async () => {
    desk = await Desk.open()
    client = new pg.Client({ connectionString: desk.guichet.databaseUrl })
    await client.connect()
  })
  after(async () => {
    await client?.end()
    await desk?.close()
  })

  const inLedger = async (uid: string): Promise<boolean> => {
    const { rows } = await client.query<{ state: string }>(
      'SELECT state FROM mail WHERE uid = $1 AND mailbox_id = $2',
      [uid, desk.mailbox!.id],
    )
    return rows[0]?.state === 'settled'
  }

  it('reads what the ledger has lost, and nothing that it has', async () => {
    for (const subject of ['Lost', 'Kept']) {
      desk.deliver(rawMail({ subject }))
      await desk.ticketAbout(subject)
    }
    const { rows } = await client.query<{ uid: string }>(
      `DELETE FROM mail WHERE ticket_number = $1 RETURNING uid::text`,
      [(await desk.ticketAbout('Lost')).number],
    )
    const lost = rows[0]!.uid
    const { address } = desk.mailbox!
    const listed = await runCommand(['mailboxes', 'list'], desk.guichet.env)
    assert.match(listed.stdout, new RegExp(`${address}.*watching`))
    const ran = await runCommand(['mailboxes', 'reimport', address], desk.guichet.env)
    assert.equal(ran.code, 0, ran.said)
    await eventually('the lost mail is in the ledger again', () => inLedger(lost), 300_000)
    const { rows: all } = await client.query('SELECT 1 FROM mail')
    assert.equal(all.length, 2)
  })

  it('says when there is no such mailbox', async () => {
    const ran = await runCommand(['mailboxes', 'reimport', 'nobody@desk.test'], desk.guichet.env)
    assert.equal(ran.code, 64)
    assert.match(ran.said, /There is no mailbox nobody@desk\.test/)
  })
})
