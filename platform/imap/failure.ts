import { cut } from '../../domain/cut.ts'
import { wellFormedText } from '../../domain/well-formed-text.ts'
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
 * @returns the failure in the terms of this module.
 */
export function imapFailure(error: unknown, server: ImapServer, folder?: string): ImapFailure {
  if (error instanceof ImapFailure) return error
  const cause = (error instanceof Error ? error : new Error(String(error))) as ConnectionError
  const at = { server: `${server.host}:${server.port}` }
  const code = cause.code ?? ''
  const said = oneLine(
    cause.responseText ?? (typeof cause.response === 'string' ? cause.response : ''),
  )
  if (cause.authenticationFailed) return signInFailure(cause, server, at, said)
  const unreachable = networkFailure(code, cause.message, server, at)
  if (unreachable) return unreachable
  if (cause.responseStatus === 'NO' || cause.responseStatus === 'BAD')
    return new ImapFailure('refused', [
      folder === undefined
        ? sentenceOf('server-refused', at)
        : sentenceOf('folder-not-opened', { ...at, folder }),
      ...inTheirWords(said || oneLine(cause.message)),
    ])
  const technical =
    said || code === 'NoConnection' || code === 'EConnectionClosed' ? '' : oneLine(cause.message)
  return new ImapFailure('connection-lost', [
    sentenceOf('connection-lost', at),
    ...inTheirWords(said),
    ...technically(technical),
  ])
}

/** The server was not reached, or not under the encryption that was asked for. */
function networkFailure(
  code: string,
  message: string,
  { host, secure }: ImapServer,
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
      ...technically(oneLine(message)),
    ])
  if (/starttls/i.test(message))
    return new ImapFailure('encryption-not-offered', [
      sentenceOf('imap-encryption-not-offered', at),
    ])
  if (/^(ERR_SSL|ERR_TLS|EPROTO)/.test(code))
    return new ImapFailure('encryption-failed', [
      sentenceOf('imap-encryption-failed', at),
      ...technically(oneLine(message)),
    ])
  if (code === 'GREETING_TIMEOUT')
    return new ImapFailure('timed-out', [
      sentenceOf(secure ? 'imap-says-nothing' : 'imap-says-nothing-without-tls', at),
    ])
  if (['CONNECT_TIMEOUT', 'ETIMEOUT', 'ETIMEDOUT', 'UPGRADE_TIMEOUT'].includes(code))
    return new ImapFailure('timed-out', [sentenceOf('no-answer-in-time', at)])
  return null
}

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

const oneLine = (text: string): string => cut(wellFormedText(text).replace(/\s+/g, ' ').trim(), 300)
