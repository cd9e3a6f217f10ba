import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import {
  type WatchDependencies,
  watchMailbox,
  type WatchEnd,
} from '../../../../activities/mail-in/imap/watch.ts'
import { reconcileMailbox } from '../../../../activities/mail-in/imap/reconcile.ts'
import { ImapFailure } from '../../../../platform/imap/failure.ts'
import type { Explanation } from '../../../../domain/explanation.ts'
import { inEnglish } from '../../../../languages/explanation.ts'
import { seal } from '../../../../platform/secrets/sealed-secret.ts'
import { Dovecot } from '../../../harness/dovecot.ts'
import { eventually } from '../../../harness/eventually.ts'
import { withoutDovecot } from '../../../harness/needs.ts'
import { silentServer } from '../../../harness/silent-server.ts'
import { freshId, rawMail } from '../../../integration/support/mails.ts'
import { SECRET_KEYS, TakingMail } from '../intake-desk.ts'

const PASSWORD = 'imap-secret'

/** The watch of one mailbox against a real Dovecot and a real database, without Temporal. */
describe('watching a mailbox by IMAP', { skip: withoutDovecot }, () => {
  let dovecot: Dovecot
  let desk: TakingMail
  let department: string
  let deps: WatchDependencies
  let user: string
  let box: string
  let watch: { stop: () => Promise<WatchEnd | Error>; ended: Promise<WatchEnd | Error> } | undefined
  let users = 0

  before(async () => {
    dovecot = await Dovecot.start()
    // All of them now: Dovecot reads its list of users again once a second at most.
    for (let i = 1; i <= 30; i++) dovecot.addUser(`user${i}`, PASSWORD)
    desk = await TakingMail.start()
    department = await desk.department('IT')
    deps = { db: desk.db, intake: desk.intake, secretKeys: SECRET_KEYS, log: desk.log }
  })
  after(async () => {
    await desk?.stop()
    await dovecot?.remove()
  })
  beforeEach(async () => {
    user = `user${++users}`
    box = await desk.mailbox(`${user}@desk.test`, department, {
      host: dovecot.host,
      port: dovecot.port,
      secure: false,
      user,
      password_sealed: seal(SECRET_KEYS, PASSWORD),
    })
  })
  afterEach(async () => {
    await watch?.stop()
    watch = undefined
  })

  function begin(mailboxId = box): void {
    const controller = new AbortController()
    const ended = watchMailbox(deps, mailboxId, controller.signal).catch((error: Error) => error)
    watch = {
      ended,
      stop: () => {
        controller.abort()
        return ended
      },
    }
  }
  const status = async (id = box) =>
    (
      await desk.rows<{ status: string; last_error: Explanation | null }>(
        'SELECT status, last_error FROM mailbox WHERE id = $1',
        [id],
      )
    )[0]!
  const watching = () =>
    eventually('it watches', async () => (await status()).status === 'watching')
  const mails = () =>
    desk.rows<{
      id: string
      uid: string
      outcome: string | null
      reason: Explanation | null
      action: string | null
      uid_validity: string
    }>(
      'SELECT id, uid, outcome, outcome_reason AS reason, server_action AS action, uid_validity FROM mail WHERE mailbox_id = $1 ORDER BY id',
      [box],
    )
  const inLedger = (count: number, timeout = 180_000) =>
    eventually(
      `${count} mails have a ticket`,
      async () => {
        const all = await mails()
        if (all.filter((m) => m.outcome).length !== count)
          throw new Error(`${all.length} stored, ${all.filter((m) => m.outcome).length} routed`)
        return all
      },
      timeout,
    )
  const deliver = (over: Parameters<typeof rawMail>[0] = {}) =>
    dovecot.deliver(user, rawMail({ id: freshId(), to: `${user}@desk.test`, ...over }))

  it('reads a backlog in order, then waits and sees each mail at once, and marks nothing as seen', async (t) => {
    for (let i = 0; i < 130; i++) deliver({ subject: `Waiting ${i}` })
    begin()
    await inLedger(130)
    const took: number[] = []
    for (let i = 0; i < 15; i++) {
      const begun = Date.now()
      deliver({ subject: `News ${i}` })
      await inLedger(131 + i)
      took.push(Date.now() - begun)
      await new Promise((resolve) => setTimeout(resolve, 40 + 30 * i))
    }
    took.sort((a, b) => a - b)
    t.diagnostic(`delivery to routed: median ${took[7]} ms, worst ${took.at(-1)} ms`)
    assert.deepEqual(
      (await mails()).map((m) => Number(m.uid)),
      Array.from({ length: 145 }, (_, i) => i + 1),
    )
    assert.deepEqual(
      dovecot.mails(user).filter((m) => m.flags !== ''),
      [],
    )
    assert.deepEqual(await watch!.stop(), { end: 'stopped' })
  })

  it('takes up where it stopped, whoever has read or flagged mail meanwhile', async () => {
    deliver()
    begin()
    await inLedger(1)
    await watch!.stop()
    deliver()
    deliver()
    begin()
    assert.deepEqual(
      (await inLedger(3)).map((m) => m.uid),
      ['1', '2', '3'],
    )
  })

  it('reads all again after a change of UIDVALIDITY and makes no second ticket', async () => {
    for (let i = 0; i < 5; i++) deliver({ subject: `Old ${i}` })
    begin()
    await inLedger(5)
    await watch!.stop()
    await dovecot.changeUidValidity(user)
    deliver({ subject: 'New' })
    begin()
    const all = await inLedger(11)
    assert.deepEqual(
      [
        all.filter((m) => m.outcome === 'duplicate').length,
        all.filter((m) => m.outcome === 'ticket').length,
        new Set(all.map((m) => m.uid_validity)).size,
      ],
      [5, 6, 2],
    )
  })

  it('reads another folder from its first mail, and the first one on from where it was', async () => {
    deliver({ subject: 'In the inbox' })
    begin()
    await inLedger(1)
    await watch!.stop()
    dovecot.deliver(user, rawMail({ subject: 'In the folder', id: freshId() }), 'Support')
    await desk.db.pool.query(`UPDATE mailbox SET folder = 'Support' WHERE id = $1`, [box])
    begin()
    await inLedger(2)
    await watch!.stop()
    await desk.db.pool.query(`UPDATE mailbox SET folder = 'INBOX' WHERE id = $1`, [box])
    deliver({ subject: 'Back in the inbox' })
    begin()
    assert.deepEqual(
      (await inLedger(3)).map((m) => m.outcome),
      ['ticket', 'ticket', 'ticket'],
    )
  })

  it('takes a mail of 55 MB whole', async () => {
    const bytes = randomBytes(40 * 1024 * 1024)
    deliver({
      subject: 'Large',
      attachments: [{ filename: `${user}.bin`, contentType: 'application/octet-stream', bytes }],
    })
    deliver({ subject: 'Behind it' })
    begin()
    await inLedger(2)
    assert.deepEqual(
      await desk.rows('SELECT size FROM attachment WHERE filename = $1', [`${user}.bin`]),
      [{ size: bytes.length }],
    )
  })

  it('ends with the reason when the server goes down, and reads what came meanwhile when it is back', async () => {
    begin()
    await watching()
    await dovecot.kill()
    const end = await watch!.ended
    assert.ok(!(end instanceof Error) && end.end === 'lost')
    assert.match(inEnglish((await status()).last_error ?? ''), /connection to .* lost/)
    deliver()
    begin()
    const refused = await watch!.ended
    assert.ok(refused instanceof ImapFailure && refused.code === 'connection-refused')
    assert.deepEqual(await status(), { status: 'failed', last_error: refused.explanation })
    await dovecot.start()
    begin()
    await inLedger(1)
    assert.deepEqual(await status(), { status: 'watching', last_error: null })
  })

  it(
    'notices a server that stops answering in the middle of a session',
    { timeout: 120_000 },
    async (t) => {
      begin()
      await watching()
      dovecot.pause()
      try {
        const begun = Date.now()
        const end = await watch!.ended
        t.diagnostic(`noticed after ${Math.round((Date.now() - begun) / 1000)} s`)
        assert.ok(!(end instanceof Error) && end.end === 'lost')
        assert.match(inEnglish((await status()).last_error ?? ''), /did not answer in time/)
      } finally {
        dovecot.resume()
      }
    },
  )

  it('stops at once although the server does not answer', async () => {
    begin()
    await watching()
    dovecot.pause()
    try {
      // The server stays paused until it has ended.
      assert.deepEqual(await watch!.stop(), { end: 'stopped' })
    } finally {
      dovecot.resume()
    }
  })

  it('says in words what is wrong with the settings', async () => {
    const silent = await silentServer()
    const wrong: [Record<string, unknown>, RegExp, string][] = [
      [
        { password_sealed: seal(SECRET_KEYS, 'wrong') },
        /refused the sign-in of user\d+.*Check user and password/,
        'sign-in-refused',
      ],
      [{ folder: 'Suport' }, /no folder “Suport”.*There are: .*INBOX/, 'folder-missing'],
      [{ host: 'no-such-host.invalid' }, /cannot be found in the DNS/, 'name-not-found'],
      [{ secure: true }, /No encrypted connection/, 'encryption-failed'],
      [{ password_sealed: null }, /No password is stored/, 'settings-incomplete'],
      [
        { host: silent.host, port: silent.port },
        /takes the connection and says nothing/,
        'timed-out',
      ],
    ]
    try {
      for (const [columns, words, code] of wrong) {
        const id = await desk.mailbox(`${code}@desk.test`, department, {
          host: dovecot.host,
          port: dovecot.port,
          secure: false,
          user,
          password_sealed: seal(SECRET_KEYS, PASSWORD),
          ...columns,
        })
        begin(id)
        const error = await watch!.ended
        assert.ok(error instanceof ImapFailure, String(error))
        assert.equal(error.code, code, error.message)
        assert.match(error.message, words)
        assert.deepEqual(await status(id), { status: 'failed', last_error: error.explanation })
        assert.doesNotMatch(error.message, new RegExp(PASSWORD))
      }
    } finally {
      await silent.stop()
    }
  })

  it('watches nothing that is switched off, deleted or has no server', async () => {
    for (const columns of [{ enabled: false }, { deleted_at: new Date() }, { host: null }]) {
      const id = await desk.mailbox(`${Math.random()}@desk.test`, department, {
        host: dovecot.host,
        port: dovecot.port,
        secure: false,
        user,
        password_sealed: seal(SECRET_KEYS, PASSWORD),
        ...columns,
      })
      begin(id)
      assert.deepEqual(await watch!.ended, { end: 'not-watched' })
    }
  })

  it('two watches of one mailbox take each mail once', async () => {
    for (let i = 0; i < 60; i++) deliver({ subject: `Both ${i}` })
    begin()
    const first = watch!
    begin()
    await inLedger(60)
    deliver()
    await inLedger(61)
    await first.stop()
    assert.equal((await mails()).length, 61)
  })

  const actions: Record<string, () => boolean> = {
    flag: () =>
      dovecot.mails(user).every((m) => m.flags.includes('S') && m.flags.includes('F')) &&
      dovecot.mails(user).length === 3,
    'move:Done/Tickets': () =>
      dovecot.mails(user).length === 0 && dovecot.mails(user, 'Done.Tickets').length === 3,
    delete: () => dovecot.mails(user).length === 0,
    keep: () =>
      dovecot.mails(user).length === 3 && dovecot.mails(user).every((m) => m.flags === ''),
  }
  for (const [afterImport, done] of Object.entries(actions)) {
    it(`afterImport ${afterImport.split(':')[0]}: once the end is known, not before; never a quarantined mail`, async () => {
      await desk.db.pool.query('UPDATE mailbox SET after_import = $2 WHERE id = $1', [
        box,
        afterImport.replace('/', '.'),
      ])
      for (let i = 0; i < 3; i++) deliver({ subject: `Act ${i}` })
      begin()
      const [first] = await inLedger(3)
      const settled = (only: string | null) =>
        desk.db.pool.query(
          `UPDATE mail SET state = 'settled' WHERE mailbox_id = $1 AND id = coalesce($2, id)`,
          [box, only],
        )
      await settled(first!.id)
      if (afterImport !== 'keep')
        await eventually(
          'the one whose end is known is done',
          async () => (await mails())[0]?.action === 'done',
        )
      assert.equal(
        dovecot.mails(user).filter((m) => m.flags === '').length,
        afterImport === 'keep' ? 3 : 2,
        'nothing before the end',
      )
      await settled(null)
      await eventually(`${afterImport} is done`, done)
      if (afterImport !== 'keep')
        await eventually('the ledger says so', async () =>
          (await mails()).every((m) => m.action === 'done'),
        )
      dovecot.deliver(user, '')
      const all = await inLedger(4)
      assert.deepEqual([all[3]!.outcome, all[3]!.action], ['quarantine', null])
    })
  }

  it('finds by comparison what the ledger does not know', async () => {
    for (let i = 0; i < 6; i++) deliver({ subject: `Compared ${i}` })
    begin()
    await inLedger(6)
    await desk.db.pool.query(`DELETE FROM mail WHERE mailbox_id = $1 AND uid IN (2, 5)`, [box])
    const found = await reconcileMailbox(deps, box, new AbortController().signal)
    assert.deepEqual(found, { onServer: 6, fetched: 2, withoutEnd: 0 })
    assert.deepEqual((await inLedger(6)).map((m) => Number(m.uid)).toSorted(), [1, 2, 3, 4, 5, 6])
    assert.deepEqual(await reconcileMailbox(deps, box, new AbortController().signal), {
      onServer: 6,
      fetched: 0,
      withoutEnd: 0,
    })
  })
})
