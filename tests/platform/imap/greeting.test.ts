import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openImap } from '../../../platform/imap/connection.ts'
import { ImapFailure } from '../../../platform/imap/failure.ts'
import { type Script, scriptedServer } from '../../harness/scripted-server.ts'

const waits = { connect: 3_000, greeting: 1_500, silence: 3_000 }

const table: {
  says: string
  script: Script
  secure?: boolean
  code: string
  sentences: string[]
}[] = [
  {
    says: 'BYE',
    script: { greeting: '* BYE Too many connections from you\r\n', hangsUp: true },
    code: 'refused',
    sentences: ['imap-turns-away', 'server-said'],
  },
  {
    says: 'what no IMAP server says',
    script: { greeting: '220 mail.example ESMTP\r\n' },
    code: 'not-a-mail-server',
    sentences: ['imap-not-spoken'],
  },
  {
    says: 'bytes of anything, and hangs up',
    script: { greeting: Buffer.from([0, 1, 2, 255, 254, 13, 10]), hangsUp: true },
    code: 'not-a-mail-server',
    sentences: ['imap-not-spoken'],
  },
  {
    says: 'nothing, and hangs up',
    script: { hangsUp: true },
    code: 'connection-lost',
    sentences: ['closed-at-once'],
  },
  {
    says: 'nothing at all',
    script: {},
    code: 'timed-out',
    sentences: ['imap-says-nothing-without-tls'],
  },
  {
    says: 'something plain where TLS is wanted',
    script: { greeting: '* BYE Too many connections from you\r\n' },
    secure: true,
    code: 'encryption-failed',
    sentences: ['imap-encryption-failed', 'technical-cause'],
  },
  {
    says: 'nothing to TLS, and hangs up',
    script: { hangsUp: true },
    secure: true,
    code: 'encryption-failed',
    sentences: ['imap-encryption-failed', 'technical-cause'],
  },
  {
    says: 'that it cannot sign anybody in now',
    script: {
      greeting: '* OK [CAPABILITY IMAP4rev1] ready\r\n',
      answers: {
        LOGIN: 'TAG NO [UNAVAILABLE] later\r\n',
        CAPABILITY: '* CAPABILITY IMAP4rev1\r\nTAG OK done\r\n',
      },
    },
    code: 'refused',
    sentences: ['imap-sign-in-unavailable', 'server-said'],
  },
  {
    says: 'BYE to the sign-in',
    script: {
      greeting: '* OK [CAPABILITY IMAP4rev1] ready\r\n',
      answers: { LOGIN: '* BYE going down\r\n' },
    },
    code: 'connection-lost',
    sentences: ['connection-lost', 'server-said'],
  },
]

describe('an IMAP server that says', () => {
  for (const { says, script, secure = false, code, sentences } of table)
    it(`${says}: ${code}`, async (t) => {
      const account = {
        host: '127.0.0.1',
        port: await scriptedServer(t, script),
        secure,
        user: 'it',
        password: 'secret',
        oauth2: null,
        allowInvalidCertificate: true,
        folder: 'INBOX',
      }
      await assert.rejects(openImap(account, waits), (error) => {
        assert.ok(error instanceof ImapFailure)
        assert.deepEqual(
          [error.code, error.explanation.map((sentence) => sentence.code)],
          [code, sentences],
        )
        return true
      })
    })
})
