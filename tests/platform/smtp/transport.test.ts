import assert from 'node:assert/strict'
import net from 'node:net'
import { after, before, describe, it } from 'node:test'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import type { SmtpSettings } from '../../../domain/mail-out/contract.ts'
import { accountOfUrl, defaultTimeouts } from '../../../platform/smtp/account.ts'
import { openSmtp, testSender } from '../../../platform/smtp/transport.ts'
import { freePort } from '../../harness/free-port.ts'
import { SmtpPeer } from '../../harness/smtp-peer.ts'

/** A server with TLS and the self-signed certificate that every fresh mail server begins with. */
async function tlsServer(
  options: SMTPServerOptions,
): Promise<{ port: number; stop: () => Promise<void> }> {
  const server = new SMTPServer({
    disableReverseLookup: true,
    logger: false,
    closeTimeout: 50,
    onAuth: (auth, _session, done) => {
      done(auth.password === 'right' ? null : new Error('no'), { user: auth.username })
    },
    ...options,
  })
  server.on('error', () => undefined)
  await new Promise<void>((resolve) => server.server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.server.address() as net.AddressInfo).port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve()
        })
      }),
  }
}

describe('testing a sender', () => {
  let peer: SmtpPeer
  const smtp = (over: Partial<SmtpSettings>): SmtpSettings => ({
    host: '127.0.0.1',
    port: 25,
    secure: false,
    allowInvalidCertificate: false,
    ...over,
  })
  const test = (over: Partial<SmtpSettings>, to?: string) =>
    testSender({ from: 'IT Support <it@help.example>', smtp: smtp(over) }, to)

  before(async () => {
    peer = await SmtpPeer.start({ user: 'it', password: 'right' })
  })
  after(() => peer?.stop())

  it('says that connection and sign-in work', async () => {
    const result = await test({ port: peer.port, user: 'it', password: 'right' })
    assert.deepEqual(
      [result.ok, result.code, result.detail],
      [true, 'ok', { encrypted: false, signedIn: true }],
    )
    assert.equal(peer.mails.length, 0)
  })

  it('sends a test mail when asked to', async () => {
    const result = await test({ port: peer.port, user: 'it', password: 'right' }, 'me@help.example')
    assert.match(result.message, /A test mail was sent to me@help.example.*250/)
    assert.match(
      peer.mails[0]?.raw.toString() ?? '',
      /^From: IT Support <it@help.example>\r\nTo: me@help.example\r\nSubject: Test mail/,
    )
  })

  it('wrong password: the server’s words, never the password', async () => {
    const result = await test({ port: peer.port, user: 'it', password: 'wr0ng-secret' })
    assert.deepEqual([result.ok, result.code], [false, 'sign-in-refused'])
    assert.match(result.message, /refused the sign-in of it\..*535/)
    assert.doesNotMatch(JSON.stringify(result), /wr0ng-secret/)
  })

  it('nobody listens', async () => {
    assert.equal((await test({ port: await freePort() })).code, 'connection-refused')
  })

  it('the name does not exist', async () => {
    assert.equal((await test({ host: 'mail.does-not-exist.invalid' })).code, 'name-not-found')
  })

  it('a sender refused by the server', async () => {
    peer.fail({ kind: 'reject', at: 'from', code: 553, text: 'not your address' })
    const result = await test({ port: peer.port, user: 'it', password: 'right' }, 'me@help.example')
    assert.equal(result.code, 'refused')
    assert.match(result.message, /553 not your address/)
  })

  it('a certificate nobody vouches for, unless it is allowed: with STARTTLS and with TLS from the first byte', async () => {
    for (const secure of [false, true]) {
      const server = await tlsServer({ secure })
      assert.equal(
        (await test({ port: server.port, secure, user: 'it', password: 'right' })).code,
        'certificate-not-trusted',
      )
      const allowed = await test({
        port: server.port,
        secure,
        user: 'it',
        password: 'right',
        allowInvalidCertificate: true,
      })
      assert.deepEqual([allowed.code, allowed.detail], ['ok', { encrypted: true, signedIn: true }])
      await server.stop()
    }
  })

  it('TLS where the server speaks plainly first: says which port wants what', async () => {
    const result = await test({ port: peer.port, secure: true, user: 'it', password: 'right' })
    assert.equal(result.code, 'encryption-failed')
    assert.match(result.message, /465.*587/)
  })

  it('does not give a password to a server without encryption that is not this machine', async () => {
    // 127.0.0.1 under another of its names.
    const result = await test({ host: '0.0.0.0', port: peer.port, user: 'it', password: 'right' })
    assert.equal(result.code, 'encryption-not-offered')
  })

  it('a server that never greets: an answer all the same', async (t) => {
    const silent = net.createServer((socket) => {
      socket.on('error', () => undefined)
    })
    t.after(() => silent.close())
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const result = await test({ port: (silent.address() as net.AddressInfo).port })
    assert.equal(result.code, 'timed-out')
  })
})

describe('the default relay’s URL', () => {
  it('gives host, port, encryption and sign-in', () => {
    assert.deepEqual(accountOfUrl('smtps://user%40x:p%3Aw@mail.example.org'), {
      host: 'mail.example.org',
      port: 465,
      secure: true,
      user: 'user@x',
      password: 'p:w',
      allowInvalidCertificate: false,
    })
    assert.deepEqual(accountOfUrl('smtp://[::1]:2500?allowInvalidCertificate=true'), {
      host: '::1',
      port: 2500,
      secure: false,
      user: null,
      password: null,
      allowInvalidCertificate: true,
    })
  })
})

describe('the timeouts of a delivery', () => {
  it('waits for a greeting longer than for a connection', async (t) => {
    const slow = net.createServer((socket) => {
      socket
        .on('error', () => undefined)
        .on('data', () => {
          socket.write('250 ok\r\n')
        })
      setTimeout(() => {
        socket.write('220 slow.example ESMTP\r\n')
      }, 700)
    })
    t.after(() => slow.close())
    await new Promise<void>((resolve) => slow.listen(0, '127.0.0.1', resolve))
    const account = {
      host: '127.0.0.1',
      port: (slow.address() as net.AddressInfo).port,
      secure: false,
      user: null,
      password: null,
      allowInvalidCertificate: true,
    }
    const session = await openSmtp(account, { ...defaultTimeouts, connect: 200, greeting: 20_000 })
    t.after(() => {
      session.close()
    })
    assert.ok(session.alive)
  })
  it('is enough for servers that greet late on purpose, and for all of it in the ten minutes of the activity', () => {
    assert.ok(defaultTimeouts.greeting >= 45_000)
    assert.ok(defaultTimeouts.answer >= 300_000)
    assert.ok(
      defaultTimeouts.connect +
        defaultTimeouts.greeting +
        2 * defaultTimeouts.step +
        defaultTimeouts.answer <
        570_000,
    )
  })
})
