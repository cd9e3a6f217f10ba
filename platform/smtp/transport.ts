import SMTPConnection from 'nodemailer/lib/smtp-connection'
import type { ConnectionTest } from '../../domain/contract.ts'
import type { SmtpSettings } from '../../domain/mail-out/contract.ts'
import { displayAddress, writtenAddress } from '../../domain/mail-in/addresses.ts'
import { newInternetId } from './message-id.ts'
import { inTheirWords, sentenceOf } from '../../domain/explanation.ts'
import { explained } from '../../languages/explanation.ts'
import { SmtpFailure, smtpFailure, type SmtpPhase } from './failure.ts'
import { SmtpSession } from './session.ts'
import { timeOrderedId } from '../postgres/time-ordered-id.ts'
import {
  accountOfSettings,
  defaultTimeouts,
  type SmtpAccount,
  type SmtpTimeouts,
} from './account.ts'

const testTimeouts: SmtpTimeouts = { connect: 2_000, greeting: 8_000, step: 10_000, answer: 10_000 }

/**
 * Connects, greets, turns encryption on and signs in.
 * @throws SmtpFailure with what to change.
 */
export async function openSmtp(
  account: SmtpAccount,
  waits: SmtpTimeouts = defaultTimeouts,
): Promise<SmtpSession> {
  const connection = new SMTPConnection({
    host: account.host,
    port: account.port,
    secure: account.secure,
    requireTLS: mustEncrypt(account),
    // The library counts from the beginning up to the end of greeting and STARTTLS, so it is the
    // sum of both waits.
    connectionTimeout: waits.connect + waits.greeting,
    dnsTimeout: waits.connect,
    greetingTimeout: waits.greeting,
    // The phases have timers of their own; this one only catches what they do not.
    socketTimeout: waits.answer + waits.step,
    tls: { rejectUnauthorized: !account.allowInvalidCertificate },
  })
  const session = new SmtpSession(connection, account, waits)
  let phase: SmtpPhase = 'connect'
  try {
    await session.connect()
    phase = 'login'
    if (account.user && connection.allowsAuth)
      await session.login(account.user, account.password ?? '')
    else if (account.user)
      throw new SmtpFailure(
        'sign-in-not-possible',
        [sentenceOf('smtp-sign-in-not-offered', { server: `${account.host}:${account.port}` })],
        phase,
      )
    return session
  } catch (error) {
    session.close()
    throw smtpFailure(error, phase, account)
  }
}

/**
 * "Test" of a sender: connects, encrypts, signs in; with `to` a short mail is sent there. Takes ten
 * seconds at most for each step.
 * @param sender its password in the clear.
 * @returns never throws for what a mail server does: a wrong password is an answer.
 */
export async function testSender(
  sender: { from: string; smtp: SmtpSettings },
  to?: string,
): Promise<ConnectionTest> {
  const account = accountOfSettings(sender.smtp)
  try {
    const session = await openSmtp(account, testTimeouts)
    try {
      const detail = { encrypted: session.encrypted, signedIn: account.user !== null }
      if (to === undefined) {
        await session.reset()
        const server = `${account.host}:${account.port}`
        const connected = [
          account.user
            ? sentenceOf('smtp-signed-in', { server, user: account.user })
            : sentenceOf('smtp-connected', { server }),
          ...(session.encrypted ? [] : [sentenceOf('connection-not-encrypted')]),
        ]
        return { ...explained(connected), ok: true, code: 'ok', detail }
      }
      const from = writtenAddress(sender.from)
      const { reply } = await session.send(
        { from: from.address, to: [to] },
        testMail(sender.from, to),
      )
      const sent = [sentenceOf('test-mail-sent', { to }), ...inTheirWords(reply)]
      return { ...explained(sent), ok: true, code: 'ok', detail }
    } finally {
      session.quit()
    }
  } catch (error) {
    const { code, explanation, phase, replyCode } = smtpFailure(error, 'connect', account)
    return { ...explained(explanation), ok: false, code, detail: { phase, replyCode } }
  }
}

function testMail(from: string, to: string): Buffer {
  const author = writtenAddress(from)
  // The name may hold any letter, a header field may not (RFC 5322 section 2.2): the address alone
  // is enough for a test.
  const headers = [
    `From: ${displayAddress({ address: author.address, name: /^[\x20-\x7e]*$/.test(author.name) ? author.name : '' })}`,
    `To: ${to}`,
    'Subject: Test mail from Guichet',
    `Date: ${new Date().toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <${newInternetId(timeOrderedId(), author)}>`,
    'Auto-Submitted: auto-generated',
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
  ]
  return Buffer.from(
    `${headers.join('\r\n')}\r\n\r\nThis is a test: the sender ${author.address} works.\r\n`,
  )
}

/**
 * A password travels only encrypted, except to this machine, or where an administrator has allowed
 * it.
 */
const mustEncrypt = ({ secure, user, host, allowInvalidCertificate }: SmtpAccount): boolean =>
  !secure &&
  user !== null &&
  !allowInvalidCertificate &&
  !/^(localhost|127(\.\d{1,3}){3}|::1)$/i.test(host)
