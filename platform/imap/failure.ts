import { foreignLine } from '../../domain/foreign-line.ts'
import { inTheirWords, type Sentence, sentenceOf, technically } from '../../domain/explanation.ts'
import { inEnglish } from '../../languages/explanation.ts'

export type ImapFailureCode =
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
  | 'folder-missing'
  | 'refused'
  | 'settings-incomplete'

/**
 * What went wrong with an IMAP server, for the person who can change it. Its message is English, for
 * logs. Never holds a password.
 */
export class ImapFailure extends Error {
  constructor(
    readonly code: ImapFailureCode,
    readonly explanation: Sentence[],
    readonly detail: Record<string, unknown> = {},
  ) {
    super(inEnglish(explanation))
    this.name = 'ImapFailure'
  }

  /** Only a change of settings helps: trying again every few seconds would lock the account. */
  get needsSettings(): boolean {
    return [
      'sign-in-refused',
      'sign-in-not-possible',
      'folder-missing',
      'certificate-not-trusted',
      'encryption-not-offered',
      'settings-incomplete',
    ].includes(this.code)
  }
}

/** What imapflow and the socket below it throw, as far as it is looked at. */
interface ConnectionError extends Error {
  code?: string
  authenticationFailed?: boolean
  response?: unknown
  responseText?: string
  responseStatus?: string
  serverResponseCode?: string
  oauthError?: { status?: string } | false
  /** What the server said with BYE; of TLS, what it says itself. */
  reason?: string
}

export interface ImapServer {
  host: string
  port: number
  secure: boolean
  user: string
}

/**
 * @param folder that was being opened.
 * @param heard bytes that the server had sent, where it was not a greeting; absent: it has greeted.
 * @returns the failure in the terms of this module.
 */
export function imapFailure(
  error: unknown,
  server: ImapServer,
  folder?: string,
  heard?: number,
): ImapFailure {
  if (error instanceof ImapFailure) return error
  const cause = (error instanceof Error ? error : new Error(String(error))) as ConnectionError
  const at = { server: `${server.host}:${server.port}` }
  const code = cause.code ?? ''
  const said = foreignLine(
    cause.responseText ?? (typeof cause.response === 'string' ? cause.response : ''),
  )
  if (cause.authenticationFailed) return signInFailure(cause, server, at, said)
  const early =
    networkFailure(code, cause.message, server, at) ??
    (heard === undefined ? null : greetingFailure(cause, server, at, heard))
  if (early) return early
  if (cause.responseStatus === 'NO' || cause.responseStatus === 'BAD')
    return new ImapFailure('refused', [
      folder === undefined
        ? sentenceOf('server-refused', at)
        : sentenceOf('folder-not-opened', { ...at, folder }),
      ...inTheirWords(said || foreignLine(cause.message)),
    ])
  const bye = code === 'NoConnection' || isClosed(code) ? foreignLine(cause.reason ?? '') : ''
  const technical =
    said || bye || code === 'NoConnection' || code === 'EConnectionClosed'
      ? ''
      : foreignLine(cause.message)
  return new ImapFailure('connection-lost', [
    sentenceOf('connection-lost', at),
    ...inTheirWords(said || bye),
    ...technically(technical),
  ])
}

/** The server was not reached, or not under the encryption that was asked for. */
function networkFailure(
  code: string,
  message: string,
  { host }: ImapServer,
  at: { server: string },
): ImapFailure | null {
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return new ImapFailure('name-not-found', [sentenceOf('name-not-found', { host })])
  if (code === 'ECONNREFUSED')
    return new ImapFailure('connection-refused', [sentenceOf('imap-nothing-answers', at)])
  if (code === 'EHOSTUNREACH' || code === 'ENETUNREACH')
    return new ImapFailure('connection-refused', [sentenceOf('no-way-to-server', at)])
  if (isCertificateError(code, message))
    return new ImapFailure('certificate-not-trusted', [
      sentenceOf('certificate-not-trusted', at),
      ...technically(foreignLine(message)),
    ])
  if (/starttls/i.test(message) && !isClosed(code))
    return new ImapFailure('encryption-not-offered', [
      sentenceOf('imap-encryption-not-offered', at),
    ])
  if (/^(ERR_SSL|ERR_TLS)|^EPROTO$/.test(code) || BEFORE_TLS.test(message))
    return new ImapFailure('encryption-failed', [
      sentenceOf('imap-encryption-failed', at),
      ...technically(foreignLine(message)),
    ])
  if (['CONNECT_TIMEOUT', 'ETIMEOUT', 'ETIMEDOUT', 'UPGRADE_TIMEOUT'].includes(code))
    return new ImapFailure('timed-out', [sentenceOf('no-answer-in-time', at)])
  return null
}

/**
 * Before the server has greeted (RFC 9051 section 7.1): it says BYE, is something else, hangs up, or
 * says nothing.
 */
function greetingFailure(
  { code = '', reason = '' }: ConnectionError,
  { secure }: ImapServer,
  at: { server: string },
  heard: number,
): ImapFailure | null {
  const silent = code === 'GREETING_TIMEOUT'
  if (!silent && !isClosed(code) && code !== 'ECONNRESET') return null
  if (isClosed(code) && reason !== '')
    return new ImapFailure('refused', [
      sentenceOf('imap-turns-away', at),
      ...inTheirWords(foreignLine(reason)),
    ])
  if (heard > 0) return new ImapFailure('not-a-mail-server', [sentenceOf('imap-not-spoken', at)])
  return silent
    ? new ImapFailure('timed-out', [
        sentenceOf(secure ? 'imap-says-nothing' : 'imap-says-nothing-without-tls', at),
      ])
    : new ImapFailure('connection-lost', [sentenceOf('closed-at-once', at)])
}

/** What Node says when the other side hangs up on its first words. */
const BEFORE_TLS = /before secure TLS connection was established/

const isClosed = (code: string): boolean => /^ClosedAfterConnect/.test(code)

function signInFailure(
  cause: ConnectionError,
  { user }: ImapServer,
  at: { server: string },
  said: string,
): ImapFailure {
  if (
    cause.serverResponseCode === 'PRIVACYREQUIRED' ||
    /plaintext|cleartext|LOGINDISABLED/i.test(said || cause.message)
  )
    return new ImapFailure('sign-in-not-possible', [sentenceOf('imap-sign-in-unencrypted', at)])
  const unavailable =
    cause.serverResponseCode === 'UNAVAILABLE' || cause.serverResponseCode === 'INUSE'
  return new ImapFailure(unavailable ? 'refused' : 'sign-in-refused', [
    unavailable
      ? sentenceOf('imap-sign-in-unavailable', at)
      : sentenceOf('imap-sign-in-refused', { ...at, user }),
    ...inTheirWords(said),
  ])
}

const isCertificateError = (code: string, message: string): boolean =>
  /CERT|SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER)|ALTNAME/.test(code) ||
  /self.signed certificate|certificate (has expired|is not yet valid)|altnames/i.test(message)
