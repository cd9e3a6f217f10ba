/** What the mailbox workflow asks of activities/mail-in. */
export interface MailboxActivities {
  /** Watches a mailbox for as long as its connection lasts. */
  watchMailbox: (input: MailboxInput) => Promise<WatchOutcome>
  /** Compares the server with the ledger and fetches what is missing. */
  reconcileMailbox: (input: MailboxInput) => Promise<ReconciliationOutcome | null>
  /**
   * Puts a quarantined mail through the router again.
   * @returns whether it was in quarantine.
   */
  retryQuarantined: (input: { mailId: string }) => Promise<boolean>
}

export interface MailboxInput {
  mailboxId: string
}

export type WatchOutcome =
  { end: 'not-watched' } | { end: 'stopped' } | { end: 'lost'; reason: string; seconds: number }

export interface ReconciliationOutcome {
  onServer: number
  fetched: number
  withoutEnd: number
}

/** The mailbox workflow's single argument. */
export interface MailboxWorkflowInput {
  mailboxId: string
  /** For the Temporal UI. */
  address: string
  /** Quarantined mails that are still to be tried again. */
  retries?: string[]
}
