import { foreignLine } from '../../domain/foreign-line.ts'
import { inTheirWords, type Sentence, sentenceOf, technically } from '../../domain/explanation.ts'
import { inEnglish } from '../../languages/explanation.ts'
import type { SmtpAccount } from './account.ts'

/**
 * How far a conversation with a mail server had come. `answer`: the final dot was sent, its reply
 * is awaited.
 */
export type SmtpPhase = 'connect' | 'login' | 'envelope' | 'data' | 'answer'

export type SmtpFailureCode =
  | 'name-not-found'
  | 'connection-refused'
  | 'timed-out'
  | 'connection-lost'
  | 'certificate-not-trusted'
  | 'encryption-not-offered'
  | 'encryption-failed'
  | 'not-a-mail-server'
  | 'sign-in-refused'
  | 'sign-in-not-possible'
  | 'too-large'
  | 'refused'

/**
 * What went wrong with a mail server, for the person who can change it. Its message is English, for
 * logs. Never holds a password.
 */
export class SmtpFailure extends Error {
  constructor(
    readonly code: SmtpFailureCode,
    readonly explanation: Sentence[],
    readonly phase: SmtpPhase,
    /** The server's reply code (RFC 5321 section 4.2); null when it gave none. */
    readonly replyCode: number | null = null,
    /** Recipients that were refused one by one, when all of them were. */
    readonly refused: readonly RefusedRecipient[] = [],
  ) {
    super(inEnglish(explanation))
    this.name = 'SmtpFailure'
  }

  /**
   * The server has refused this very message for good. Whatever an administrator can mend meanwhile
   * (sign-in, certificate, a server that is away) is not permanent, nor is a refusal of the
   * connection itself.
   */
  get permanent(): boolean {
    if (this.code === 'too-large') return true
    return (
      this.code === 'refused' &&
      (this.phase === 'envelope' || this.phase === 'data' || this.phase === 'answer') &&
      isPermanentReply(this.replyCode)
    )
  }

  /** It is about the account: another message would fare no better. */
  get ofAccount(): boolean {
    return !this.permanent && this.refused.length === 0 && this.code !== 'too-large'
  }

  /** The mail server may have taken the message: it got the final dot and did not answer. */
  get doubtful(): boolean {
    return this.phase === 'answer' && this.replyCode === null
  }
}

export interface RefusedRecipient {
  address: string
  replyCode: number | null
  reply: string
}

/** 503 speaks of the session and 530 of sign-in: the same message may pass at the next attempt. */
export const isPermanentReply = (code: number | null): boolean =>
  code !== null && code >= 500 && code < 600 && code !== 503 && code !== 530

/** What nodemailer's connection throws, as far as it is looked at. */
interface ConnectionError extends Error {
  code?: string | undefined
  originalCode?: string | undefined
  /** The SMTP command that it failed at; CONN for none. */
  command?: string | undefined
  response?: string | undefined
  responseCode?: number | undefined
  recipient?: string | undefined
  rejectedErrors?: ConnectionError[] | undefined
}

/** @returns the failure in the terms of this module. */
export function smtpFailure(error: unknown, phase: SmtpPhase, account: SmtpAccount): SmtpFailure {
  if (error instanceof SmtpFailure) return error
  const cause = (error instanceof Error ? error : new Error(String(error))) as ConnectionError
  const [code, ...explanation] = reasonOf(cause, phase, account)
  return new SmtpFailure(
    code,
    explanation,
    phase,
    replyCodeOf(cause),
    (cause.rejectedErrors ?? []).map(refusedRecipient),
  )
}

/** A number that no reply begins with (RFC 5321 section 4.2.1) is the beginning of something else. */
const replyCodeOf = ({ responseCode = 0 }: ConnectionError): number | null =>
  responseCode >= 200 && responseCode < 600 ? responseCode : null

type Reason = [code: SmtpFailureCode, ...explanation: Sentence[]]

function reasonOf(cause: ConnectionError, phase: SmtpPhase, account: SmtpAccount): Reason {
  const at = { server: `${account.host}:${account.port}` }
  const reply = cause.response ? foreignLine(cause.response) : ''
  const system = cause.originalCode ?? cause.code ?? ''
  if (cause.code === 'EDNS' || system === 'ENOTFOUND' || system === 'EAI_AGAIN')
    return ['name-not-found', sentenceOf('name-not-found', { host: account.host })]
  if (system === 'ECONNREFUSED')
    return ['connection-refused', sentenceOf('smtp-nothing-answers', at)]
  const early =
    encryptionFailure(cause, at, reply, system) ??
    (phase === 'connect' ? greetingFailure(cause, at, reply, system) : null)
  if (early) return early
  if (cause.code === 'EAUTH' || cause.code === 'ENOAUTH')
    return signInFailure(account, at, reply, foreignLine(cause.message))
  if (cause.code === 'EMESSAGE' && /larger than allowed/.test(cause.message))
    return ['too-large', sentenceOf('message-too-large', at)]
  if (cause.responseCode)
    return ['refused', sentenceOf('server-refused', at), ...inTheirWords(reply)]
  if (cause.code === 'ETIMEDOUT')
    return [
      'timed-out',
      sentenceOf(phase === 'answer' ? 'no-answer-after-sending' : 'no-answer-in-time', at),
    ]
  return [
    'connection-lost',
    sentenceOf(phase === 'answer' ? 'connection-lost-after-sending' : 'connection-lost', at),
  ]
}

/** The connection is there, and is not to become a safe one. */
function encryptionFailure(
  cause: ConnectionError,
  at: { server: string },
  reply: string,
  system: string,
): Reason | null {
  const technical = technically(foreignLine(cause.message))
  // Words of a server are no sign of what our own TLS says.
  if (reply === '' && isCertificateError(system, cause.message))
    return ['certificate-not-trusted', sentenceOf('certificate-not-trusted', at), ...technical]
  if (cause.code === 'ETLS' && (reply !== '' || /starttls/i.test(cause.message)))
    return [
      'encryption-not-offered',
      sentenceOf('smtp-encryption-not-offered', at),
      ...inTheirWords(reply),
    ]
  return cause.code === 'ETLS' ||
    /^(ERR_SSL|ERR_TLS)|^EPROTO$/.test(system) ||
    (reply === '' && BEFORE_TLS.test(cause.message))
    ? ['encryption-failed', sentenceOf('smtp-encryption-failed', at), ...technical]
    : null
}

/** What Node says when the other side hangs up on its first words. */
const BEFORE_TLS = /before secure TLS connection was established/

/**
 * Before the server has taken the connection (RFC 5321 section 3.1): it is busy, wants nothing of us, is
 * something else, or hangs up.
 */
function greetingFailure(
  cause: ConnectionError,
  at: { server: string },
  reply: string,
  system: string,
): Reason | null {
  const code = replyCodeOf(cause) ?? 0
  if (code >= 400) {
    const atEhlo = cause.command !== 'CONN' ? 'server-refused' : 'smtp-turns-away'
    return ['refused', sentenceOf(code >= 500 ? atEhlo : 'smtp-busy', at), ...inTheirWords(reply)]
  }
  if (cause.code === 'EPROTOCOL')
    return ['not-a-mail-server', sentenceOf('smtp-not-spoken', at), ...inTheirWords(reply)]
  return cause.code === 'ECONNECTION' || system === 'ECONNRESET'
    ? ['connection-lost', sentenceOf('closed-at-once', at)]
    : null
}

/** @returns one recipient's refusal, as a mail server words it. */
export const refusedRecipient = (error: ConnectionError): RefusedRecipient => ({
  address: error.recipient ?? '',
  replyCode: error.responseCode ?? null,
  reply: foreignLine(error.response ?? error.message),
})

function signInFailure(
  account: SmtpAccount,
  at: { server: string },
  reply: string,
  message: string,
): Reason {
  const said = reply ? inTheirWords(reply) : technically(message)
  // RFC 4954 section 6: 454 is temporary, 432 wants another password.
  if (/^(421|45\d)\b/.test(reply))
    return ['refused', sentenceOf('smtp-sign-in-unavailable', at), ...said]
  return /^(432|5\d\d)\b/.test(reply)
    ? [
        'sign-in-refused',
        sentenceOf('smtp-sign-in-refused', { ...at, user: account.user ?? '' }),
        ...said,
      ]
    : ['sign-in-not-possible', sentenceOf('smtp-sign-in-not-possible', at), ...said]
}

const isCertificateError = (system: string, message: string): boolean =>
  /CERT|SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER)|ALTNAME/.test(system) ||
  /self.signed certificate|certificate (has expired|is not yet valid)|altnames|unable to verify the first certificate/i.test(
    message,
  )
