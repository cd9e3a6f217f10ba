import type { ImapAccount } from '../../platform/imap/connection.ts'
import type { OAuth2Grant } from '../../platform/imap/oauth2.ts'
import { unseal } from '../../platform/secrets/sealed-secret.ts'
import type { SecretKeys } from '../../platform/secrets/secret-keys.ts'

/** A mailbox's row as far as signing in needs it, in the schema's names. */
export interface StoredImapSettings {
  host: string | null
  port: number | null
  secure: boolean
  allowInvalidCertificate: boolean
  user: string | null
  passwordSealed: string | null
  oauthSealed: string | null
  folder: string
}

/**
 * The account of a stored mailbox.
 * @param secretKeys one of which opens its secrets.
 * @returns null when the mailbox has no IMAP server.
 * @throws UnsealError
 */
export function storedAccount(
  mailbox: StoredImapSettings,
  secretKeys: SecretKeys,
): ImapAccount | null {
  if (mailbox.host === null || mailbox.user === null) return null
  return {
    host: mailbox.host,
    port: mailbox.port ?? (mailbox.secure ? 993 : 143),
    secure: mailbox.secure,
    user: mailbox.user,
    password: mailbox.passwordSealed === null ? null : unseal(secretKeys, mailbox.passwordSealed),
    oauth2:
      mailbox.oauthSealed === null
        ? null
        : (JSON.parse(unseal(secretKeys, mailbox.oauthSealed)) as OAuth2Grant),
    allowInvalidCertificate: mailbox.allowInvalidCertificate,
    folder: mailbox.folder,
  }
}
