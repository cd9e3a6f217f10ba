import { cut } from '../../domain/cut.ts'
import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow'
import type { Command } from '../../domain/commands.ts'
import type { Ticket } from '../../domain/ticket.ts'
import { plannedTimers } from '../../domain/areas.ts'
import type { PlannedTimer } from '../../domain/timers.ts'
import { SYSTEM } from '../../domain/vocabulary.ts'
import type { InboxItem } from './inbox.ts'

/** Characters: Temporal takes 400 bytes, and a character has up to three of them. */
const MOST_SUMMARY = 130

/**
 * Keeps one durable timer for each that the ticket's state plans; a due one puts its command into
 * the inbox.
 */
export class Timers {
  private readonly running = new Map<string, { timer: PlannedTimer; scope: CancellationScope }>()

  constructor(private readonly inbox: InboxItem[]) {}

  /** Starts what is newly planned, stops what is not planned any more or at another time. */
  reconcile(ticket: Ticket): void {
    const planned = new Map(plannedTimers(ticket).map((timer) => [timer.key, timer]))
    for (const [key, { timer, scope }] of this.running) {
      const now = planned.get(key)
      if (now?.at === timer.at) {
        // The timer goes on; what it is about may have other words by now.
        this.running.set(key, { timer: now, scope })
        continue
      }
      this.running.delete(key)
      scope.cancel()
    }
    for (const timer of planned.values()) if (!this.running.has(timer.key)) this.start(timer)
  }

  /** @returns the next one in words for the operator, or null. */
  get summary(): string | null {
    const [next] = [...this.running.values()]
      .map(({ timer }) => timer)
      .sort((a, b) => (a.at < b.at ? -1 : 1))
    return next ? `${next.summary} at ${next.at}` : null
  }

  private start(timer: PlannedTimer): void {
    const scope = new CancellationScope()
    this.running.set(timer.key, { timer, scope })
    void scope
      .run(() => this.wait(timer))
      .catch((error: unknown) => {
        if (!isCancellation(error)) throw error
      })
  }

  private async wait({
    key,
    at,
    summary,
    command: { name, payload },
  }: PlannedTimer): Promise<void> {
    await sleep(Math.max(1, Date.parse(at) - Date.now()), {
      summary: cut(summary, MOST_SUMMARY),
    })
    // Stays in `running` until the state plans it no more: a command that changes nothing must not
    // start it again.
    this.inbox.push({
      name,
      command: { id: `timer-${key}-${at}`, actor: SYSTEM, payload } as Command,
    })
  }
}
