import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type ImapAccount, testImap } from '../../../platform/imap/connection.ts'
import { Dovecot } from '../../harness/dovecot.ts'
import { freePort } from '../../harness/free-port.ts'
import { withoutDovecot } from '../../harness/needs.ts'
import { silentServer } from '../../harness/silent-server.ts'

describe('test connection, by IMAP', { skip: withoutDovecot }, () => {
  let dovecot: Dovecot
  let account: ImapAccount

  before(async () => {
    dovecot = await Dovecot.start({ tls: true })
    dovecot.addUser('it', 'imap-secret')
    account = {
      host: dovecot.host,
      port: dovecot.port,
      secure: false,
      user: 'it',
      password: 'imap-secret',
      oauth2: null,
      allowInvalidCertificate: true,
      folder: 'INBOX',
    }
  })
  after(() => dovecot?.remove())

  it('tells folders, capabilities and how many mails there are, and changes nothing', async () => {
    dovecot.deliver('it', 'Subject: one\n\n')
    const { ok, message, detail } = await testImap(account)
    assert.equal(ok, true, message)
    assert.match(message, /holds 1 mail\./)
    assert.ok(
      (detail!['folders'] as string[]).includes('Archive') &&
        (detail!['capabilities'] as string[]).includes('IDLE'),
    )
    assert.deepEqual(
      [detail!['mails'], detail!['encrypted']],
      [1, true],
      'STARTTLS is used when it is offered',
    )
    assert.equal(dovecot.mails('it')[0]!.flags, '')
  })

  it('signs in over TLS, when the certificate is allowed', async () => {
    const secure = { ...account, port: dovecot.tlsPort!, secure: true }
    assert.equal((await testImap(secure)).ok, true)
    assert.equal(
      (await testImap({ ...secure, allowInvalidCertificate: false })).code,
      'certificate-not-trusted',
    )
  })

  it('names the cause, also of a server that hangs', async () => {
    const silent = await silentServer()
    const wrong: [Partial<ImapAccount>, string][] = [
      [{ password: 'wrong' }, 'sign-in-refused'],
      [{ folder: 'Nowhere' }, 'folder-missing'],
      [{ host: 'no-such-host.invalid' }, 'name-not-found'],
      [{ port: await freePort() }, 'connection-refused'],
      [{ secure: true }, 'encryption-failed'],
      [{ host: silent.host, port: silent.port }, 'timed-out'],
      [{ host: silent.host, port: silent.port, secure: true }, 'timed-out'],
    ]
    try {
      for (const [over, code] of wrong) {
        const result = await testImap({ ...account, ...over })
        assert.deepEqual([result.ok, result.code], [false, code], result.message)
        assert.doesNotMatch(result.message, /imap-secret/)
      }
      assert.ok(
        (
          (await testImap({ ...account, folder: 'Nowhere' })).detail!['folders'] as string[]
        ).includes('INBOX'),
      )
    } finally {
      await silent.stop()
    }
  })
})
