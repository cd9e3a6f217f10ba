import type { SmtpSettings } from '../../domain/mail-out/contract.ts'

/** A server to hand mail to, and how to sign in there. */
export interface SmtpAccount {
  host: string
  port: number
  /** TLS from the first byte; otherwise STARTTLS when offered. */
  secure: boolean
  user: string | null
  password: string | null
  allowInvalidCertificate: boolean
}

/** Longest waits, in milliseconds. */
export interface SmtpTimeouts {
  connect: number
  greeting: number
  /** For one step: sign-in, the envelope, or a block of the message. */
  step: number
  /**
   * For the answer to the final dot. RFC 5321 section 4.5.3.2.6 asks for ten minutes, because
   * giving up here is what makes mail arrive twice; the activity that waits has ten in all.
   */
  answer: number
}

/**
 * Servers that put off spammers greet and answer late, half a minute and more; RFC 5321 section
 * 4.5.3.2 asks for five minutes.
 */
export const defaultTimeouts: SmtpTimeouts = {
  connect: 15_000,
  greeting: 60_000,
  step: 75_000,
  answer: 300_000,
}

/**
 * The relay of DEFAULT_SMTP_URL: `smtp://` (STARTTLS when offered) or `smtps://` (TLS from the
 * first byte).
 * @param url checked by scripts/environment.mjs.
 */
export function accountOfUrl(url: string): SmtpAccount {
  const { protocol, hostname, port, username, password, searchParams } = new URL(url)
  const secure = protocol === 'smtps:'
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port ? Number(port) : secure ? 465 : 587,
    secure,
    user: username ? decodeURIComponent(username) : null,
    password: password ? decodeURIComponent(password) : null,
    allowInvalidCertificate: searchParams.get('allowInvalidCertificate') === 'true',
  }
}

/**
 * @returns the account of stored or unsaved settings.
 * @param password the clear one; settings that come back from the API hold none.
 */
export const accountOfSettings = ({
  host,
  port,
  secure,
  user,
  allowInvalidCertificate,
  password,
}: SmtpSettings): SmtpAccount => ({
  host,
  port,
  secure,
  user: user || null,
  password: password ?? null,
  allowInvalidCertificate,
})
