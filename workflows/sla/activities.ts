/** What the planning of all tickets asks of activities/sla. */
export interface SlaReplanActivities {
  /** Raises the revision of the settings, so that every plan is made anew. */
  renewPlans: () => Promise<void>
  /** Puts the settings of now to some tickets that go by older ones. Safe to run twice. */
  replanTickets: (after: ReplanPage) => Promise<ReplannedPage>
}

export interface ReplanPage {
  /** Number of the ticket before the first one. */
  after: number
}

export interface ReplannedPage {
  tickets: number
  /** Number of the last one; null when none is left after it. */
  last: number | null
}

/** The workflow's single argument. */
export interface SlaReplanInput {
  /** Nothing was set; the plans' clock changes are to reach further ahead. */
  renew?: boolean
}
