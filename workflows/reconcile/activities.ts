/** What `reconcile` asks of activities/reconcile and activities/mail-in. */
export interface ReconcileActivities {
  /** One cheap look at what is owed although it should be done by now. */
  lookForLeftBehind: (input: { atStart: boolean }) => Promise<LeftBehind>
  /** Routes stored mails that nobody has in hand. Safe to run twice. */
  routeLeftBehindMail: (input: MailReconciliation) => Promise<number>
  /** Sends again what was routed and is not in its ticket. Safe to run twice. */
  resendUnsettledMail: (input: MailReconciliation) => Promise<number>
  /** Sends again what was kept and is not answered. Safe to run twice. */
  resendKeptCommands: (input: { atStart: boolean }) => Promise<number>
  /** Has tickets compare themselves with the log, which says that they owe something. */
  wakeOwingTickets: () => Promise<number>
  /** Has tickets compare themselves with the log that are late with something. */
  wakeBehindTickets: () => Promise<number>
  /** Starts the mail of those whose notifications are overdue. */
  mailForgottenNotifications: () => Promise<number>
  /** Gives a new run to tickets whose run cannot go on. Safe to run twice. */
  renewStuckTickets: (input: { owing: boolean }) => Promise<number>
  /** Starts the mailboxes' workflows and the schedules again that somebody has ended or deleted. */
  ensureLongLived: () => Promise<number>
  /** Has plans brought to the settings of now. */
  replanOutdatedTickets: () => Promise<void>
  /** Has tickets compare themselves with the log that Temporal's older store may be behind. */
  wakeForgetfulTickets: (restored: RestoredStore) => Promise<number>
  /**
   * Starts the workflows again that some open tickets have lost, and has those end that closed ones
   * have left. Safe to run twice.
   */
  resumeLostTickets: (page: LostTicketsPage) => Promise<ResumedPage>
}

/** What is left behind, by what has to be done about it. */
export interface LeftBehind {
  storedMail: boolean
  unsettledMail: boolean
  /** Commands that were kept, and of which nobody knows what became of them. */
  keptCommands?: boolean
  owingTickets: boolean
  forgottenNotifications: boolean
  outdatedPlans: boolean
  /** Some open tickets have no workflow that runs, or some closed ones have. */
  lostTickets: boolean
  /** Workflow tasks of some run come to nothing again and again. */
  stuckTickets?: boolean
  /** Timers that are due, or messages that are to be sent, for longer than that takes. */
  behindTickets?: boolean
  /** A mailbox's workflow does not run, or a schedule is gone. */
  longLived?: boolean
  /** Temporal's store is older than the log: a backup was put in its place. */
  restoredStore: RestoredStore | null
}

export interface RestoredStore {
  /** What it may have forgotten happened from then on; null: nobody knows. ISO time. */
  since: string | null
}

export interface MailReconciliation {
  /**
   * Whatever is there: the process before may have died with it in hand, or the Temporal server
   * lost its last seconds in a power cut.
   */
  atStart: boolean
}

export interface LostTicketsPage {
  /** Number of the ticket before the first one. */
  after: number
  /** Tickets that were started again so far. */
  resumed: number
  /** Runs of closed tickets that were told to end so far. */
  ended?: number
}

export type ResumedPage = LostTicketsPage & { more: boolean }

/** The workflow's single argument. */
export interface ReconcileInput {
  /** A worker has just started. */
  atStart?: boolean
  /** Looks at every ticket, also where the counts agree. */
  everyTicket?: boolean
  /** Where comparing tickets with their workflows goes on. */
  lost?: LostTicketsPage
}

/** What was done; all zeros where nothing was left behind. */
export interface Reconciled {
  routedMails: number
  resentMails: number
  resentCommands: number
  wokenTickets: number
  mailedPeople: number
  resumedTickets: number
  endedRuns: number
  renewedTickets: number
  ensured: number
}
