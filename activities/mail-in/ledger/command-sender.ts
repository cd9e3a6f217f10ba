import type { Client } from '@temporalio/client'
import { signalTicket } from '../../../application/tickets/ticket-workflow.ts'
import { Pace } from './pace.ts'
import type { RoutedCommand } from '../../../domain/mail-in/routing/routed-command.ts'

/** Accepted commands that are remembered: many more than are unsettled at a time. */
const REMEMBERED = 5_000
/**
 * What Temporal has taken is relied on for so long: a store that was put back to what it was has
 * forgotten it, and the next mail of the ticket must not overtake it. Milliseconds.
 */
const RELIED_ON = 5_000

/**
 * Sends routed commands to their tickets' workflows: some at once (Pace), those of one ticket in their
 * order. A command that cannot be sent is left to `resendUnsettled`, with those of its ticket that
 * wait behind it: the ledger knows that their events are missing, and an answer must not overtake
 * its question.
 */
export class CommandSender {
  private readonly underway = new Map<string, Promise<boolean>>()
  /** Of each ticket the last command on its way; resolves to whether it was accepted. */
  private readonly lastOf = new Map<number, Promise<boolean>>()
  /** Accepted by Temporal, and when; the oldest first. */
  private readonly accepted = new Map<string, number>()

  constructor(
    private readonly client: Client,
    private readonly log: { warn: (facts: object, text: string) => void },
    private readonly pace = new Pace(),
    private readonly now = (): number => performance.now(),
  ) {}

  /** Commands not yet accepted by Temporal. */
  get waiting(): number {
    return this.underway.size
  }

  /** Is this command being sent by this process right now? */
  isSending(commandId: string): boolean {
    return this.underway.has(commandId)
  }

  /** Is it on its way, or has Temporal lately taken it from this process? */
  hasSent(commandId: string): boolean {
    const accepted = this.accepted.get(commandId)
    return (
      this.underway.has(commandId) || (accepted !== undefined && this.now() - accepted < RELIED_ON)
    )
  }

  /** Takes the commands; returns at once. */
  send(commands: readonly RoutedCommand[]): void {
    for (const routed of commands) {
      const { id } = routed.command
      if (this.underway.has(id)) continue
      const { number } = routed.facts
      const before = this.lastOf.get(number) ?? Promise.resolve(true)
      const sent = before.then((accepted) => accepted && this.signal(routed))
      this.underway.set(id, sent)
      this.lastOf.set(number, sent)
      void sent.then(() => {
        this.underway.delete(id)
        if (this.lastOf.get(number) === sent) this.lastOf.delete(number)
      })
    }
  }

  /** What is left is handed to Temporal as fast as it takes it: the process ends. */
  hurry(): void {
    this.pace.open()
  }

  /** Resolves when at most so many commands are still on their way. */
  async atMost(count: number): Promise<void> {
    while (this.underway.size > count) await Promise.race(this.underway.values())
  }

  private remember(commandId: string): void {
    this.accepted.delete(commandId)
    this.accepted.set(commandId, this.now())
    const [oldest] = this.accepted.keys()
    if (this.accepted.size > REMEMBERED && oldest !== undefined) this.accepted.delete(oldest)
  }

  /** @returns whether Temporal has it. */
  private async signal({ name, facts, command }: RoutedCommand): Promise<boolean> {
    const taken = await this.pace.enter(command.id, facts.number)
    try {
      await signalTicket(this.client, facts, name, command)
      this.remember(command.id)
      taken(true)
      return true
    } catch (error) {
      this.log.warn(
        {
          ticket: facts.number,
          command: command.id,
          error: error instanceof Error ? error.message : String(error),
        },
        'a command could not be handed to Temporal; it will be sent again',
      )
      taken(false)
      return false
    }
  }
}
