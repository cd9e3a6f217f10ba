import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { SmtpAccount } from '../../../platform/smtp/account.ts'
import { SmtpFailure } from '../../../platform/smtp/failure.ts'
import { openSmtp } from '../../../platform/smtp/transport.ts'
import { type Script, scriptedServer } from '../../harness/scripted-server.ts'

const EHLO = '250-peer.example\r\n250 AUTH PLAIN LOGIN\r\n'
const waits = { connect: 5_000, greeting: 5_000, step: 5_000, answer: 5_000 }
/** A TLS alert, handshake_failure (RFC 8446 section 6). */
const ALERT = Buffer.from([0x15, 3, 3, 0, 2, 2, 40])

/** Everything that a server may say before it takes mail: what it is called, and by which sentences. */
const table: {
  says: string
  script: Script
  over?: Partial<SmtpAccount>
  code: string
  sentences: string[]
  replyCode: number | null
}[] = [
  {
    says: 'it is busy (421)',
    script: { greeting: '421 4.3.2 too many connections\r\n', hangsUp: true },
    code: 'refused',
    sentences: ['smtp-busy', 'server-said'],
    replyCode: 421,
  },
  {
    says: 'it wants nothing of us (554)',
    script: { greeting: '554-5.7.1 your address\r\n554 is on a list\r\n' },
    code: 'refused',
    sentences: ['smtp-turns-away', 'server-said'],
    replyCode: 554,
  },
  {
    says: 'nothing, and hangs up',
    script: { hangsUp: true },
    code: 'connection-lost',
    sentences: ['closed-at-once'],
    replyCode: null,
  },
  {
    says: 'what no mail server says',
    script: { greeting: 'SSH-2.0-OpenSSH_9.6\r\n' },
    code: 'not-a-mail-server',
    sentences: ['smtp-not-spoken', 'server-said'],
    replyCode: null,
  },
  {
    says: 'bytes of anything',
    script: { greeting: Buffer.from([0, 1, 2, 3, 255, 254, 10, 13, 10]) },
    code: 'not-a-mail-server',
    sentences: ['smtp-not-spoken', 'server-said'],
    replyCode: null,
  },
  {
    says: 'that it takes no EHLO and no HELO',
    script: {
      greeting: '220 peer.example\r\n',
      answers: { EHLO: '502 no\r\n', HELO: '550 5.7.1 not from there\r\n' },
    },
    code: 'refused',
    sentences: ['server-refused', 'server-said'],
    replyCode: 550,
  },
  {
    says: 'that it is busy, to EHLO',
    script: { greeting: '220 peer.example\r\n', answers: { EHLO: '421 later\r\n' } },
    code: 'refused',
    sentences: ['smtp-busy', 'server-said'],
    replyCode: 421,
  },
  {
    says: 'that STARTTLS is not to be had now',
    script: {
      greeting: '220 peer.example\r\n',
      answers: {
        EHLO: '250-peer.example\r\n250 STARTTLS\r\n',
        STARTTLS: '454 4.7.0 no certificate\r\n',
      },
    },
    code: 'encryption-not-offered',
    sentences: ['smtp-encryption-not-offered', 'server-said'],
    replyCode: 454,
  },
  {
    says: 'something plain where TLS is wanted',
    script: { greeting: '421 4.3.2 too many connections\r\n' },
    over: { secure: true },
    code: 'encryption-failed',
    sentences: ['smtp-encryption-failed', 'technical-cause'],
    replyCode: null,
  },
  {
    says: 'no to TLS (an alert)',
    script: { greeting: ALERT },
    over: { secure: true },
    code: 'encryption-failed',
    sentences: ['smtp-encryption-failed', 'technical-cause'],
    replyCode: null,
  },
  {
    says: 'nothing to TLS, and hangs up',
    script: { hangsUp: true },
    over: { secure: true },
    code: 'encryption-failed',
    sentences: ['smtp-encryption-failed', 'technical-cause'],
    replyCode: null,
  },
  {
    says: 'that the password is wrong (535)',
    script: { greeting: '220 peer.example\r\n', answers: { EHLO, AUTH: '535 5.7.8 wrong\r\n' } },
    code: 'sign-in-refused',
    sentences: ['smtp-sign-in-refused', 'server-said'],
    replyCode: 535,
  },
  {
    says: 'that nobody can be signed in now (454)',
    script: { greeting: '220 peer.example\r\n', answers: { EHLO, AUTH: '454 4.7.0 later\r\n' } },
    code: 'refused',
    sentences: ['smtp-sign-in-unavailable', 'server-said'],
    replyCode: 454,
  },
]

const failureAt = async (port: number, over: Partial<SmtpAccount> = {}): Promise<SmtpFailure> => {
  const account = {
    host: '127.0.0.1',
    port,
    secure: false,
    user: 'it',
    password: 'secret',
    allowInvalidCertificate: true,
    ...over,
  }
  try {
    const session = await openSmtp(account, waits)
    session.close()
  } catch (error) {
    assert.ok(error instanceof SmtpFailure)
    return error
  }
  throw new Error('It takes mail.')
}

describe('a mail server that says', () => {
  for (const { says, script, over, code, sentences, replyCode } of table)
    it(`${says}: ${code}`, async (t) => {
      const failure = await failureAt(await scriptedServer(t, script), over)
      assert.deepEqual(
        [failure.code, failure.explanation.map((sentence) => sentence.code), failure.replyCode],
        [code, sentences, replyCode],
      )
      assert.ok(!failure.permanent, 'the message is tried again')
      assert.ok(failure.ofAccount, 'Health names the account')
    })

  it('300 emoji, one of them cut: one short line of them, without control characters', async (t) => {
    const bytes = Buffer.from('😀'.repeat(300))
    const greeting = Buffer.concat([
      Buffer.from('554 '),
      bytes.subarray(0, bytes.length - 2),
      Buffer.from('\r\n'),
    ])
    const { explanation } = await failureAt(await scriptedServer(t, { greeting }))
    const reply = String(explanation.at(-1)?.values['reply'])
    assert.match(reply, /^554 (😀)+…$/u)
    assert.ok(reply.length <= 300)
  })
})
