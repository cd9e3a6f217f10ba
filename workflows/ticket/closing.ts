import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow'
import type { Command } from '../../domain/commands.ts'
import { closingTime } from '../../domain/tickets/lifecycle.ts'
import type { Ticket } from '../../domain/ticket.ts'
import { SYSTEM } from '../../domain/vocabulary.ts'
import type { InboxItem } from './inbox.ts'

/** The durable timer that closes a solved ticket nobody answered to. */
export class ClosingTimer {
  private running: { since: string; scope: CancellationScope } | null = null

  constructor(private readonly inbox: InboxItem[]) {}

  /** Starts, keeps or stops the timer as the ticket's state asks for. */
  reconcile(ticket: Ticket): void {
    const since = ticket.status === 'solved' ? ticket.solvedAt : null
    if (this.running?.since === since) return
    this.running?.scope.cancel()
    this.running = null
    if (since === null) return
    const scope = new CancellationScope()
    this.running = { since, scope }
    void scope
      .run(() => this.close(since))
      .catch((error: unknown) => {
        if (!isCancellation(error)) throw error
      })
  }

  /** @returns the timer in words for the operator, or null. */
  get summary(): string | null {
    return (
      this.running &&
      `closes at ${closingTime(this.running.since).toISOString()} unless somebody answers`
    )
  }

  private async close(since: string): Promise<void> {
    await sleep(Math.max(1, closingTime(since).getTime() - Date.now()), {
      summary: 'closes the solved ticket unless somebody answers',
    })
    const command: Command<'changeStatus'> = {
      id: `close-${since}`,
      actor: SYSTEM,
      payload: { status: 'closed', reason: 'timer' },
    }
    this.inbox.push({ name: 'changeStatus', command })
  }
}
