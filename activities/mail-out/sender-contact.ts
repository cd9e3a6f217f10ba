import {
  accountName,
  recordFailing,
  recordWorked,
} from '../../application/mail-out/sender-contact.ts'
import type { Database } from '../../platform/postgres/database.ts'
import type { SmtpAccount } from '../../platform/smtp/account.ts'
import type { SmtpFailure } from '../../platform/smtp/failure.ts'

/** That an account still works is written down this often. Milliseconds. */
const WORKED_EVERY = 5_000

/**
 * Writes down how it goes with each account, for Settings → Health: every failure, and now and then
 * that it works. Nothing waits for it, and a mail does not fail because of it.
 * @returns what the connections tell of each use.
 */
export function senderContact(
  db: Database,
): (account: SmtpAccount, failure: SmtpFailure | null) => void {
  const worked = new Map<string, number>()
  return (account, failure) => {
    const name = accountName(account)
    if (failure) {
      worked.delete(name)
      void recordFailing(db, name, failure.explanation).catch(() => undefined)
    } else if (Date.now() - (worked.get(name) ?? 0) > WORKED_EVERY) {
      worked.set(name, Date.now())
      void recordWorked(db, name).catch(() => worked.delete(name))
    }
  }
}
