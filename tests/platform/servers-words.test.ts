import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { imapFailure } from '../../platform/imap/failure.ts'
import { refusedRecipient, smtpFailure } from '../../platform/smtp/failure.ts'
import { wellFormedTexts } from '../../domain/well-formed-text.ts'
import { anyText } from '../domain/arbitrary-text.ts'

const account = {
  host: 'mail.example',
  port: 587,
  secure: false,
  user: 'it',
  password: null,
  allowInvalidCertificate: false,
}
const phases = fc.constantFrom('connect', 'login', 'envelope', 'data', 'answer' as const)
const replies = fc.constantFrom(undefined, 421, 450, 535, 550, 552, 554)

describe('what a foreign server says', () => {
  it('is storable in what is said of an SMTP server', () => {
    fc.assert(
      fc.property(anyText, phases, replies, (said, phase, responseCode) => {
        const error = Object.assign(new Error(said), {
          response: said,
          ...(responseCode === undefined ? {} : { responseCode }),
        })
        const failure = smtpFailure(error, phase as 'data', account)
        assert.deepEqual(failure.explanation, wellFormedTexts(failure.explanation))
        const refused = refusedRecipient(error)
        assert.deepEqual(refused, wellFormedTexts(refused))
      }),
      { numRuns: 500 },
    )
  })

  it('is storable in what is said of an IMAP server', () => {
    fc.assert(
      fc.property(anyText, fc.boolean(), fc.boolean(), (said, authenticationFailed, folder) => {
        const error = Object.assign(new Error(said), {
          responseText: said,
          responseStatus: 'NO',
          response: said,
          authenticationFailed,
        })
        const failure = imapFailure(error, account as never, folder ? 'INBOX' : undefined)
        assert.deepEqual(failure.explanation, wellFormedTexts(failure.explanation))
      }),
      { numRuns: 500 },
    )
  })
})
