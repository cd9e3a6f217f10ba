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
  | 'sign-in-refused'
  | 'sign-in-not-possible'
  | 'too-large'
  | 'refused'

/**
 * What went wrong with a mail server, in words for the person who can change it. Never holds a
 * password.
 */
export class SmtpFailure extends Error {
  constructor(
    readonly code: SmtpFailureCode,
    message: string,
    readonly phase: SmtpPhase,
    /** The server's reply code (RFC 5321 section 4.2); null when it gave none. */
    readonly replyCode: number | null = null,
    /** Recipients that were refused one by one, when all of them were. */
    readonly refused: readonly RefusedRecipient[] = [],
  ) {
    super(message)
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
  response?: string | undefined
  responseCode?: number | undefined
  recipient?: string | undefined
  rejectedErrors?: ConnectionError[] | undefined
}

/** @returns the failure in the terms of this module. */
export function smtpFailure(error: unknown, phase: SmtpPhase, account: SmtpAccount): SmtpFailure {
  if (error instanceof SmtpFailure) return error
  const cause = (error instanceof Error ? error : new Error(String(error))) as ConnectionError
  const server = `${account.host}:${account.port}`
  const reply = cause.response ? oneLine(cause.response) : ''
  const fail = (code: SmtpFailureCode, message: string): SmtpFailure =>
    new SmtpFailure(
      code,
      message,
      phase,
      cause.responseCode ?? null,
      (cause.rejectedErrors ?? []).map(refusedRecipient),
    )

  const system = cause.originalCode ?? cause.code ?? ''
  if (cause.code === 'EDNS' || system === 'ENOTFOUND' || system === 'EAI_AGAIN')
    return fail(
      'name-not-found',
      `The name ${account.host} cannot be found in the DNS. Check the spelling of the mail server.`,
    )
  if (system === 'ECONNREFUSED')
    return fail(
      'connection-refused',
      `Nothing answers at ${server}. Check host and port (587 with STARTTLS, 465 with TLS), and that the server runs.`,
    )
  if (isCertificateError(system, cause.message))
    return fail(
      'certificate-not-trusted',
      `The certificate of ${server} is not trusted (${oneLine(cause.message)}). Use the name the certificate was made for, or allow an invalid certificate for this server.`,
    )
  if (cause.code === 'ETLS' && /starttls/i.test(cause.message))
    return fail('encryption-not-offered', notEncrypted(server))
  if (cause.code === 'ETLS' || /^ERR_SSL|^ERR_TLS|^EPROTO/.test(system))
    return fail(
      'encryption-failed',
      `No encrypted connection to ${server} (${oneLine(cause.message)}). Port 465 wants TLS from the first byte, 587 and 25 want STARTTLS: change that setting.`,
    )
  if (cause.code === 'EAUTH' || cause.code === 'ENOAUTH')
    return signInFailure(fail, account, server, reply, oneLine(cause.message))
  if (cause.code === 'EMESSAGE' && /larger than allowed/.test(cause.message))
    return fail(
      'too-large',
      `${server} takes no message of this size. Send less, or a link to the files.`,
    )
  if (cause.responseCode) return fail('refused', `${server} answered: ${reply}`)
  if (cause.code === 'ETIMEDOUT')
    return fail('timed-out', `${server} did not answer in time${inPhase[phase]}.`)
  return fail('connection-lost', `The connection to ${server} was lost${inPhase[phase]}.`)
}

/** @returns one recipient's refusal, as a mail server words it. */
export const refusedRecipient = (error: ConnectionError): RefusedRecipient => ({
  address: error.recipient ?? '',
  replyCode: error.responseCode ?? null,
  reply: oneLine(error.response ?? error.message),
})

export const notEncrypted = (server: string): string =>
  `${server} offers no encryption (STARTTLS), and a password must not travel in the clear. Use the port with TLS (465), or allow an invalid certificate to accept this.`

function signInFailure(
  fail: (code: SmtpFailureCode, message: string) => SmtpFailure,
  account: SmtpAccount,
  server: string,
  reply: string,
  message: string,
): SmtpFailure {
  const said = reply || message
  return /^(534|535|538|454|432|5\d\d)\b/.test(reply)
    ? fail(
        'sign-in-refused',
        `${server} refused the sign-in of ${account.user ?? 'nobody'}: ${said}. Check user and password; some providers want an app password.`,
      )
    : fail('sign-in-not-possible', `Sign-in at ${server} is not possible: ${said}.`)
}

const isCertificateError = (system: string, message: string): boolean =>
  /CERT|SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER)|ALTNAME/.test(system) ||
  /self.signed certificate|certificate (has expired|is not yet valid)|altnames|unable to verify the first certificate/i.test(
    message,
  )

const inPhase: Record<SmtpPhase, string> = {
  connect: ' while connecting',
  login: ' during sign-in',
  envelope: ' before the message was sent',
  data: ' while the message was being sent',
  answer: ' after the message was sent, before the server said whether it took it',
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim().slice(0, 500)
