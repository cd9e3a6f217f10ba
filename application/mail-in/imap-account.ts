import type { ImapAccount } from '../../platform/imap/connection.ts'
import type { OAuth2Grant } from '../../platform/imap/oauth2.ts'
import { unseal } from '../../platform/secrets/sealed-secret.ts'

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
 * @param secretKey 32 bytes.
 * @returns null when the mailbox has no IMAP server.
 * @throws UnsealError
 */
export function storedAccount(mailbox: StoredImapSettings, secretKey: Buffer): ImapAccount | null {
  if (mailbox.host === null || mailbox.user === null) return null
  return {
    host: mailbox.host,
    port: mailbox.port ?? (mailbox.secure ? 993 : 143),
    secure: mailbox.secure,
    user: mailbox.user,
    password: mailbox.passwordSealed === null ? null : unseal(secretKey, mailbox.passwordSealed),
    oauth2:
      mailbox.oauthSealed === null
        ? null
        : (JSON.parse(unseal(secretKey, mailbox.oauthSealed)) as OAuth2Grant),
    allowInvalidCertificate: mailbox.allowInvalidCertificate,
    folder: mailbox.folder,
  }
}
