import { spawnSync } from 'node:child_process'
import { Dovecot } from '../../tests/harness/dovecot.ts'

const PASSWORD = 'bench'

/** Why there is no Dovecot here; null when there is one. */
export function withoutDovecot(): string | null {
  return spawnSync('dovecot', ['--version']).status === 0
    ? null
    : 'Dovecot is not installed (Debian: dovecot-imapd)'
}

/** One user's mailbox on a Dovecot, and how Guichet is told to read it. */
export interface MailAccount {
  user: string
  /** Delivers as a local delivery agent does. */
  deliver: (raw: Buffer) => void
  imap: { host: string; port: number; secure: false; user: string; password: string }
}

/** @param user a new one. */
export function openAccount(dovecot: Dovecot, user: string): MailAccount {
  dovecot.addUser(user, PASSWORD)
  return {
    user,
    deliver: (raw) => {
      dovecot.deliver(user, raw)
    },
    imap: { host: dovecot.host, port: dovecot.port, secure: false, user, password: PASSWORD },
  }
}

export { Dovecot }
