import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { after, afterEach, before, describe, it } from 'node:test'
import { ApplicationFailure } from '@temporalio/activity'
import { MockActivityEnvironment } from '@temporalio/testing'
import { deliver } from '../../../activities/mail-out/deliver.ts'
import { mailOutActivities } from '../../../activities/mail-out/index.ts'
import { openDatabase } from '../../../platform/postgres/database.ts'
import { SmtpPeer } from '../../harness/smtp-peer.ts'
import { freePort } from '../../harness/free-port.ts'
import { DEFAULT_FROM, Desk, IMPATIENT } from './desk.ts'
import { FaultyRecipients } from './faulty-recipients.ts'
import { inEnglish } from '../../../languages/explanation.ts'

const temporary =
  (words: RegExp) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof ApplicationFailure, String(error))
    assert.equal(error.type, 'SmtpTemporary')
    assert.notEqual(error.nonRetryable, true)
    assert.match(error.message, words)
    return true
  }

describe('delivering a message', () => {
  let desk: Desk
  let peer: SmtpPeer
  let next = 2000
  /** A ticket of its own with one reply that waits for delivery. */
  const waiting = async (draft: Parameters<Desk['reply']>[1] = {}): Promise<[number, string]> => {
    const number = next++
    await desk.ticket(number)
    return [number, await desk.reply(number, draft)]
  }
  const arrived = async (messageId: string): Promise<number> => {
    const { internet_id: id } = await desk.message(messageId)
    return peer.mails.filter((mail) => mail.raw.includes(`Message-ID: <${id}>`)).length
  }

  before(async () => {
    desk = await Desk.open()
    peer = await SmtpPeer.start()
    await desk.mailbox('it@help.example')
    await desk.sender({ host: peer.host, port: peer.port })
  })
  afterEach(async () => {
    peer.heal()
    await desk.sender({ host: peer.host, port: peer.port })
  })
  after(async () => {
    await desk?.close()
    await peer?.stop()
  })

  it('hands it to the department’s server under the official address and keeps the server’s answer', async () => {
    const [number, id] = await waiting({ cc: ['cc@client.example'] })
    const { outcome, detail } = await desk.deliver(number, id)
    const mail = peer.mails.at(-1)
    assert.equal(outcome, 'sent')
    assert.match(inEnglish(detail), /^250 /)
    assert.deepEqual(
      [mail?.from, mail?.to],
      ['it@help.example', ['anna@client.example', 'cc@client.example']],
    )
    const message = await desk.message(id)
    assert.deepEqual([message.state, message.state_detail], ['sent', detail])
    assert.deepEqual(
      await desk.sql(
        'SELECT sender_kind, sent_at IS NOT NULL AS dated FROM message WHERE id = $1',
        [id],
      ),
      [{ sender_kind: 'department', dated: true }],
    )
  })

  it('keeps exactly the bytes that left', async () => {
    const [number, id] = await waiting()
    await desk.deliver(number, id)
    const source = await desk.blobs.get((await desk.message(id)).source_sha256!)
    assert.deepEqual(peer.mails.at(-1)?.raw, source)
  })

  it('does not send again what was sent: the activity may run as often as it likes', async () => {
    const [number, id] = await waiting()
    const first = await desk.deliver(number, id)
    assert.deepEqual(await desk.deliver(number, id), first)
    assert.equal(await arrived(id), 1)
  })

  it('sends once when it runs twice at once, in one worker or in two', async () => {
    const [number, id] = await waiting()
    const other = desk.worker()
    const runs = await Promise.allSettled([
      desk.deliver(number, id),
      desk.deliver(number, id),
      desk.deliver(number, id, other),
    ])
    other.sessions.close()
    assert.equal(
      runs.filter((run) => run.status === 'fulfilled' && run.value.outcome === 'sent').length,
      1,
    )
    for (const run of runs)
      if (run.status === 'rejected')
        assert.equal((run.reason as ApplicationFailure).type, 'DeliveryUnderway')
    assert.equal((await desk.deliver(number, id)).outcome, 'sent')
    assert.equal(await arrived(id), 1)
  })

  it('uses a connection again for a burst', async () => {
    const messages = await Promise.all(Array.from({ length: 8 }, () => waiting()))
    await Promise.all(messages.map(([number, id]) => desk.deliver(number, id)))
    for (const [, id] of messages) assert.equal(await arrived(id), 1)
  })

  it('notices that the server closed a connection which waited, and takes a fresh one', async () => {
    const [first, firstId] = await waiting()
    await desk.deliver(first, firstId)
    await peer.stop()
    await peer.start()
    const [number, id] = await waiting()
    assert.equal((await desk.deliver(number, id)).outcome, 'sent')
  })

  it('writes to and from domains with any letters: in ASCII on the wire and in ids', async () => {
    await desk.sender({ from: 'Büro <it@bücher.example>', host: peer.host, port: peer.port })
    const [number, id] = await waiting({ to: ['anna@größe.example'] })
    assert.equal((await desk.deliver(number, id)).outcome, 'sent')
    const mail = peer.mails.at(-1)
    // The peer shows the envelope decoded again.
    assert.deepEqual([mail?.from, mail?.to], ['it@bücher.example', ['anna@größe.example']])
    assert.match(
      mail?.raw.toString() ?? '',
      /^From: .*<it@xn--bcher-kva\.example>\r\nTo: anna@xn--gre-6ka8i\.example\r\n[^]*^Message-ID: <[0-9a-f-]+@xn--bcher-kva\.example>/m,
    )
  })

  describe('when the server says no', () => {
    for (const at of ['from', 'to', 'data'] as const) {
      it(`4xx at ${at}: comes back later with the same bytes`, async () => {
        const [number, id] = await waiting()
        peer.fail({ kind: 'reject', at, code: 451, text: 'greylisted, try later' })
        await assert.rejects(desk.deliver(number, id), temporary(/451/))
        const between = await desk.message(id)
        assert.equal(between.state, 'queued')
        assert.match(inEnglish(between.state_detail ?? ''), /greylisted/)
        assert.equal((await desk.deliver(number, id)).outcome, 'sent')
        assert.equal(await arrived(id), 1)
        assert.equal((await desk.message(id)).source_sha256, between.source_sha256)
      })

      it(`5xx at ${at}: failed for good, with the server’s words`, async () => {
        const [number, id] = await waiting()
        peer.fail({ kind: 'reject', at, code: 550, text: 'no such user here' })
        const { outcome, detail } = await desk.deliver(number, id)
        assert.equal(outcome, 'failed')
        assert.match(
          inEnglish(detail),
          at === 'to'
            ? /All recipients were refused: .*550.*no such user here/
            : /refused\. The server’s answer: “550.*no such user here”/,
        )
        assert.equal(await arrived(id), 0)
      })
    }

    it('refused sign-in: temporary, because a password can be corrected; it is not in the words', async (t) => {
      const guarded = await SmtpPeer.start({ user: 'it', password: 'right' })
      t.after(() => guarded.stop())
      await desk.sender({
        host: guarded.host,
        port: guarded.port,
        user: 'it',
        password: 'wr0ng-secret',
      })
      const [number, id] = await waiting()
      await assert.rejects(desk.deliver(number, id), temporary(/refused the sign-in of it\..*535/))
      assert.doesNotMatch(inEnglish((await desk.message(id)).state_detail ?? ''), /wr0ng-secret/)
      await desk.sender({ host: guarded.host, port: guarded.port, user: 'it', password: 'right' })
      assert.equal((await desk.deliver(number, id)).outcome, 'sent')
      assert.equal(guarded.mails[0]?.user, 'it')
      await guarded.stop()
    })

    it('one recipient refused: sent to the rest, the refused one named', async () => {
      const choosy = await FaultyRecipients.start({ 'gone@client.example': 550 })
      await desk.sender({ host: '127.0.0.1', port: choosy.port })
      const [number, id] = await waiting({ cc: ['gone@client.example'] })
      const { outcome, detail } = await desk.deliver(number, id)
      assert.equal(outcome, 'sent')
      assert.match(inEnglish(detail), /Refused: gone@client.example \(550/)
      assert.deepEqual(choosy.taken, [['anna@client.example']])
      await choosy.stop()
    })

    it('one recipient put off: the others are not sent it again', async () => {
      const choosy = await FaultyRecipients.start({
        'busy@client.example': 450,
        'gone@client.example': 550,
      })
      await desk.sender({ host: '127.0.0.1', port: choosy.port })
      const [number, id] = await waiting({ cc: ['busy@client.example', 'gone@client.example'] })
      await assert.rejects(
        desk.deliver(number, id),
        temporary(/put off for busy@client.example \(450/),
      )
      choosy.codes = {}
      const { outcome, detail } = await desk.deliver(number, id)
      assert.equal(outcome, 'sent')
      assert.match(inEnglish(detail), /Refused earlier: gone@client.example/)
      assert.deepEqual(choosy.taken, [['anna@client.example'], ['busy@client.example']])
      await choosy.stop()
    })

    it('every recipient refused, one of them only for now: comes back later', async () => {
      const choosy = await FaultyRecipients.start({
        'anna@client.example': 450,
        'gone@client.example': 550,
      })
      await desk.sender({ host: '127.0.0.1', port: choosy.port })
      const [number, id] = await waiting({ cc: ['gone@client.example'] })
      await assert.rejects(
        desk.deliver(number, id),
        temporary(/anna@client.example \(450.*gone@client.example \(550/),
      )
      await choosy.stop()
    })
  })

  describe('when the connection fails', () => {
    it('nobody listens: temporary, in words that say what to check', async () => {
      await desk.sender({ host: '127.0.0.1', port: await freePort() })
      const [number, id] = await waiting()
      await assert.rejects(
        desk.deliver(number, id),
        temporary(/Nothing answers at 127\.0\.0\.1:\d+\. Check host and port/),
      )
    })

    it('the name does not exist', async () => {
      await desk.sender({ host: 'mail.does-not-exist.invalid', port: 25 })
      const [number, id] = await waiting()
      await assert.rejects(desk.deliver(number, id), temporary(/cannot be found in the DNS/))
    })

    it('no greeting', async () => {
      peer.fail({ kind: 'hang', at: 'connect' })
      const [number, id] = await waiting()
      const fresh = desk.worker({ greeting: IMPATIENT })
      await assert.rejects(desk.deliver(number, id, fresh), temporary(/did not answer in time/))
    })

    it('lost in the middle of the mail: the server cannot have taken it, so it is simply tried again', async () => {
      // More than the buffers between the two hold: the client is still writing when the server
      // goes.
      const pdf = await desk.upload(
        'big.bin',
        'application/octet-stream',
        Buffer.alloc(16_000_000, 'x'),
      )
      const [number, id] = await waiting({ attachmentIds: [pdf] })
      peer.fail({ kind: 'dropInData' })
      await assert.rejects(desk.deliver(number, id), temporary(/lost|did not answer/))
      assert.equal((await desk.message(id)).state, 'queued')
      assert.equal((await desk.deliver(number, id)).outcome, 'sent')
      assert.equal(await arrived(id), 1)
      assert.deepEqual((await desk.message(id)).flags, [])
    })

    for (const kept of [true, false]) {
      it(`lost between the final dot and the answer (${kept ? 'taken' : 'not taken'} by the server): doubtful, tried once more, marked`, async () => {
        const [number, id] = await waiting()
        peer.fail({ kind: 'dropAfterData', kept })
        const doubt = await desk.deliver(number, id)
        assert.equal(doubt.outcome, 'doubtful')
        assert.match(inEnglish(doubt.detail), /It may have arrived/)
        const again = await desk.deliver(number, id)
        assert.equal(again.outcome, 'sent')
        assert.match(inEnglish(again.detail), /may have arrived twice/)
        assert.equal(await arrived(id), kept ? 2 : 1)
        assert.deepEqual((await desk.message(id)).flags, ['may-have-arrived-twice'])
      })
    }

    it('lost there twice: parked, and not touched again until a person decides', async () => {
      const [number, id] = await waiting()
      peer.fail({ kind: 'dropAfterData', kept: false }, 2)
      assert.equal((await desk.deliver(number, id)).outcome, 'doubtful')
      assert.equal((await desk.deliver(number, id)).outcome, 'parked')
      assert.equal((await desk.message(id)).state, 'doubtful')
      assert.equal((await desk.deliver(number, id)).outcome, 'parked')
      assert.equal(await arrived(id), 0)

      await desk.command(number, 'recordDelivery', {
        messageId: id,
        outcome: 'parked',
        detail: '',
        attempt: 2,
      })
      await desk.command(number, 'retryMessage', { messageId: id })
      assert.equal((await desk.deliver(number, id)).outcome, 'sent')
      assert.equal(await arrived(id), 1)
    })

    it('no answer to the mail: doubtful too', async () => {
      const [number, id] = await waiting()
      peer.fail({ kind: 'hang', at: 'data' })
      const fresh = desk.worker({ answer: IMPATIENT })
      const { outcome, detail } = await desk.deliver(number, id, fresh)
      assert.equal(outcome, 'doubtful')
      assert.match(inEnglish(detail), /got the message and did not answer in time/)
      fresh.sessions.close()
    })
  })

  it('is taken back up to the last moment: the final dot is not sent', async () => {
    const [number, id] = await waiting()
    const abandoned = AbortSignal.abort()
    await assert.rejects(deliver(desk.delivery, { ticketNumber: number, messageId: id }, abandoned))
    assert.equal(await arrived(id), 0)
    await desk.sql('UPDATE message SET event_no = NULL WHERE id = $1', [id])
    await assert.rejects(
      desk.deliver(number, id),
      (e) =>
        e instanceof ApplicationFailure && e.type === 'MessageTakenBack' && e.nonRetryable === true,
    )
  })

  it('is not sent once it was taken back, by a worker that had it in hand and stood still either', async () => {
    for (const way of ['a mail server', 'the local outbox']) {
      const [number, id] = await waiting()
      const frozen = desk.worker()
      const thawed = async (): Promise<void> => {
        assert.equal((await desk.command(number, 'cancelReply', { messageId: id })).written, true)
      }
      if (way === 'a mail server') {
        const use = frozen.sessions.use.bind(frozen.sessions)
        frozen.sessions.use = async (account, work) => {
          await thawed()
          return use(account, work)
        }
      } else {
        await desk.sql('UPDATE message SET one_way = true WHERE id = $1', [id])
        const { put } = frozen.blobs
        frozen.blobs = {
          ...frozen.blobs,
          put: async (bytes) => {
            await thawed()
            return put(bytes)
          },
        }
      }
      await assert.rejects(
        desk.deliver(number, id, frozen),
        (e) => e instanceof ApplicationFailure && e.type === 'DeliveryUnderway',
        way,
      )
      frozen.sessions.close()
      assert.deepEqual([await arrived(id), (await desk.message(id)).state], [0, 'queued'], way)
    }
  })

  it('either leaves or is taken back, however close the one is to the other', async () => {
    const taken = { sent: 0, back: 0 }
    for (let round = 0; round < 24; round++) {
      const [number, id] = await waiting()
      const sending = desk.deliver(number, id).then(
        () => true,
        () => false,
      )
      for (let turn = 0; turn < round * 2; turn++) await setImmediate()
      const back = await desk.command(number, 'cancelReply', { messageId: id })
      const sent = await sending
      assert.equal(await arrived(id), sent ? 1 : 0)
      assert.equal(back.written, !sent)
      if (!back.written)
        assert.deepEqual(
          Object.values(('untrue' in back ? back.untrue : undefined) ?? {}),
          [[{ kind: 'unsent', id }]],
          'and its author is told so',
        )
      taken[sent ? 'sent' : 'back']++
    }
    assert.ok(taken.back > 0, JSON.stringify(taken))
  })

  it('cannot be taken back once some have it, or may have it', async () => {
    const [number, id] = await waiting({ cc: ['cc@client.example'] })
    for (const flag of ['may-have-arrived-twice', 'put-off:cc@client.example']) {
      await desk.sql('UPDATE message SET flags = ARRAY[$2] WHERE id = $1', [id, flag])
      const { written } = await desk.command(number, 'cancelReply', { messageId: id })
      assert.equal(written, false, flag)
    }
    await desk.sql(`UPDATE message SET flags = '{}' WHERE id = $1`, [id])
    assert.equal((await desk.command(number, 'cancelReply', { messageId: id })).written, true)
  })

  it('carries a large attachment whole', async () => {
    const bytes = Buffer.alloc(15_000_000, 'guichet ')
    const [number, id] = await waiting({
      attachmentIds: [await desk.upload('dump.bin', 'application/octet-stream', bytes)],
    })
    assert.equal((await desk.deliver(number, id)).outcome, 'sent')
    const raw = peer.mails.at(-1)?.raw ?? Buffer.alloc(0)
    assert.ok(raw.length > (bytes.length * 4) / 3)
  })

  it('fails clearly when its sender has been taken away', async () => {
    const [number, id] = await waiting()
    await desk.sql('DELETE FROM sender')
    const { outcome, detail } = await desk.deliver(number, id)
    assert.equal(outcome, 'failed')
    assert.match(inEnglish(detail), /No department sends as it@help.example any more/)
  })

  describe('without a sender', () => {
    it('leaves through the default relay as DoNotReply', async () => {
      await desk.sql('DELETE FROM sender')
      const [number, id] = await waiting()
      const relay = desk.worker({}, peer.url)
      assert.equal((await desk.deliver(number, id, relay)).outcome, 'sent')
      relay.sessions.close()
      const mail = peer.mails.at(-1)
      assert.equal(mail?.from, /<(.+)>/.exec(DEFAULT_FROM)?.[1])
      assert.match(
        mail?.raw.toString() ?? '',
        /This message was sent from an address that does not receive replies/,
      )
      assert.deepEqual(await desk.sql('SELECT sender_kind FROM message WHERE id = $1', [id]), [
        { sender_kind: 'default-relay' },
      ])
    })

    it('stays in the local outbox when there is no relay either, with its source to look at', async () => {
      await desk.sql('DELETE FROM sender')
      const [number, id] = await waiting()
      const { outcome, detail } = await desk.deliver(number, id)
      assert.deepEqual([outcome, detail], ['sent', [{ code: 'kept-in-local-outbox', values: {} }]])
      assert.match(
        (await desk.blobs.get((await desk.message(id)).source_sha256!)).toString(),
        /^Content-Type: multipart\/alternative|^From: DoNotReply/m,
      )
      assert.deepEqual(await desk.sql('SELECT sender_kind FROM message WHERE id = $1', [id]), [
        { sender_kind: 'outbox' },
      ])
    })
  })

  it('is tried again within seconds when it was the database that was away', async (t) => {
    const db = openDatabase(`postgresql://nobody@127.0.0.1:${await freePort()}/nothing`)
    t.after(() => db.close())
    const { blobs, secretKeys, log } = desk.delivery
    const { deliverMessage } = mailOutActivities({
      db,
      blobs,
      secretKeys,
      defaultFrom: DEFAULT_FROM,
      log,
    })
    await assert.rejects(
      new MockActivityEnvironment().run(deliverMessage, {
        ticketNumber: 1,
        messageId: randomUUID(),
      }),
      (error) =>
        error instanceof ApplicationFailure &&
        error.type === 'DatabaseAway' &&
        error.nextRetryDelay === 15_000 &&
        error.nonRetryable !== true,
    )
  })
})
