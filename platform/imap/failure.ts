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
 * What went wrong with an IMAP server, in words for the person who can change it. Never holds a
 * password.
 */
export class ImapFailure extends Error {
  constructor(
    readonly code: ImapFailureCode,
    message: string,
    readonly detail: Record<string, unknown> = {},
  ) {
    super(message)
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
 * @param doing what was under way, for the sentence: "while signing in".
 * @returns the failure in the terms of this module.
 */
export function imapFailure(error: unknown, server: ImapServer, doing = ''): ImapFailure {
  if (error instanceof ImapFailure) return error
  const cause = (error instanceof Error ? error : new Error(String(error))) as ConnectionError
  const at = `${server.host}:${server.port}`
  const code = cause.code ?? ''
  const said = oneLine(
    cause.responseText ?? (typeof cause.response === 'string' ? cause.response : ''),
  )
  if (cause.authenticationFailed) return signInFailure(cause, server, at, said)
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return new ImapFailure(
      'name-not-found',
      `The name ${server.host} cannot be found in the DNS. Check the spelling of the IMAP server.`,
    )
  if (code === 'ECONNREFUSED')
    return new ImapFailure(
      'connection-refused',
      `Nothing answers at ${at}. Check host and port (993 with TLS, 143 without), and that the server runs.`,
    )
  if (code === 'EHOSTUNREACH' || code === 'ENETUNREACH')
    return new ImapFailure(
      'connection-refused',
      `There is no way through the network to ${at}. Check the host and the firewall.`,
    )
  if (isCertificateError(code, cause.message)) {
    return new ImapFailure(
      'certificate-not-trusted',
      `The certificate of ${at} is not trusted (${oneLine(cause.message)}). Use the name the certificate was made for, or allow an invalid certificate for this mailbox.`,
    )
  }
  if (/starttls/i.test(cause.message))
    return new ImapFailure(
      'encryption-not-offered',
      `${at} offers no encryption (STARTTLS), and a password must not travel in the clear. Use the port with TLS (993), or allow an invalid certificate to accept this.`,
    )
  if (/^(ERR_SSL|ERR_TLS|EPROTO)/.test(code))
    return new ImapFailure(
      'encryption-failed',
      `No encrypted connection to ${at} (${oneLine(cause.message)}). Port 993 wants TLS from the first byte, 143 does not: change that setting.`,
    )
  if (code === 'GREETING_TIMEOUT') {
    return new ImapFailure(
      'timed-out',
      `${at} takes the connection and says nothing. ${server.secure ? 'Check that an IMAP server runs there.' : 'If it is a port with TLS (993), turn TLS on; otherwise check that an IMAP server runs there.'}`,
    )
  }
  if (['CONNECT_TIMEOUT', 'ETIMEOUT', 'ETIMEDOUT', 'UPGRADE_TIMEOUT'].includes(code))
    return new ImapFailure(
      'timed-out',
      `${at} did not answer in time${doing && ` while ${doing}`}. Check the server, and the network between.`,
    )
  if (cause.responseStatus === 'NO' || cause.responseStatus === 'BAD')
    return new ImapFailure(
      'refused',
      `${at} refused${doing && ` ${doing}`}: ${said || oneLine(cause.message)}`,
    )
  const words =
    said || (code === 'NoConnection' || code === 'EConnectionClosed' ? '' : oneLine(cause.message))
  return new ImapFailure(
    'connection-lost',
    `The connection to ${at} was lost${doing && ` while ${doing}`}${words && ` (${words})`}.`,
  )
}

function signInFailure(
  cause: ConnectionError,
  server: ImapServer,
  at: string,
  said: string,
): ImapFailure {
  if (
    cause.serverResponseCode === 'PRIVACYREQUIRED' ||
    /plaintext|cleartext|LOGINDISABLED/i.test(said || cause.message)
  ) {
    return new ImapFailure(
      'sign-in-not-possible',
      `${at} takes no password without encryption. Turn TLS on (port 993), or use a server that offers STARTTLS.`,
    )
  }
  if (cause.serverResponseCode === 'UNAVAILABLE' || cause.serverResponseCode === 'INUSE')
    return new ImapFailure('refused', `${at} cannot sign anybody in just now: ${said}`)
  const words = said && ` (${said})`
  return new ImapFailure(
    'sign-in-refused',
    `${at} refused the sign-in of ${server.user}${words}. Check user and password; some providers want an app password or OAuth2, and IMAP to be turned on for the account.`,
  )
}

const isCertificateError = (code: string, message: string): boolean =>
  /CERT|SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER)|ALTNAME/.test(code) ||
  /self.signed certificate|certificate (has expired|is not yet valid)|altnames/i.test(message)

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim().slice(0, 300)
