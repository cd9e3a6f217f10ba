// How much the histories of tickets grow while nothing can be written: an outage of the database must
// not bring a workflow nearer to Temporal's limit.

/** What is looked at of a history. */
export interface HistoryEvent {
  /** Milliseconds since 1970. */
  at: number
  /** As the history's own attributes are named, such as `workflowTaskScheduled`. */
  type: string
}

/** What an outage of the database has added to the tickets that had something to write in it. */
export interface HistoryGrowth {
  fault: string
  tickets: number
  /** Most events that a ticket was given, without those that follow from each signal. */
  events: number
  /** Most of them after both attempts were over; null: the outage was shorter. */
  later: number | null
  /** Seconds in which there could be such. */
  laterFor: number
}

/** A signal, the task that takes it, and what it has the workflow begin, in events at the most. */
const PER_SIGNAL = 12
/** A signal, and the task that takes it. */
const PER_SIGNAL_WAITING = 4
/** Two attempts of half a minute within a task that is kept alive, and timers that end meanwhile. */
export const MOST_EVENTS = 45
/** A task that was about to end. */
export const MOST_LATER = 6

/** From when to when nothing could be written; milliseconds since 1970. */
export interface Outage {
  began: number
  ended: number
  /** When what is waited for within a workflow task is over. */
  quiet: number
}

/** @param histories of each ticket, in order. */
export function growthOf(
  fault: string,
  histories: readonly (readonly HistoryEvent[])[],
  { began, ended, quiet }: Outage,
): HistoryGrowth {
  const most = (from: number, perSignal: number): number =>
    Math.max(
      0,
      ...histories.map((history) => {
        const added = history.filter(({ at }) => at >= from && at <= ended)
        const signals = added.filter(({ type }) => type === 'workflowExecutionSignaled')
        return added.length - perSignal * signals.length
      }),
    )
  return {
    fault,
    tickets: histories.length,
    events: most(began, PER_SIGNAL),
    later: quiet < ended ? most(quiet, PER_SIGNAL_WAITING) : null,
    laterFor: Math.max(0, Math.round((ended - quiet) / 1_000)),
  }
}

/** @returns what there is to say against it; null when nothing is. */
export function excessOf({ fault, events, later }: HistoryGrowth): string | null {
  if (events > MOST_EVENTS) return `${fault} added ${events} events to the history of a ticket`
  if ((later ?? 0) > MOST_LATER)
    return `${fault} goes on adding events to the history of a ticket: ${later} when nothing was tried in it any more`
  return null
}
