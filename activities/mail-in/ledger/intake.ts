import { z } from 'zod'
import {
  type Cursor,
  type IncomingMail,
  readStored,
  releaseFromQuarantine,
  storeMails,
  type StoredMail,
  withSource,
} from './store.ts'
import type { CommandSender } from './command-sender.ts'
import type { RoutedCommand } from '../../../domain/mail-in/routing/routed-command.ts'
import { routeMails, type RoutingDependencies } from '../routing/route.ts'

/** Mails and bytes routed in one transaction. */
const BATCH_MAILS = 50
const BATCH_BYTES = 24_000_000
/** Stored mails whose source waits in memory; above it, whoever brings more has to wait. */
const ROOM_MAILS = 150
const ROOM_BYTES = 64_000_000
/**
 * Commands not yet accepted by Temporal above which routing pauses: Temporal is the slowest in the
 * chain, the ledger is patient.
 */
const COMMANDS_UNDERWAY = 120

/**
 * The one way in, shared by every mailbox watch and the receiver of a process: store, then route in
 * order, then send. Holds nothing that the ledger does not hold: a mail that this process loses is
 * found there by `resendUnsettled`.
 */
export class MailIntake {
  private queue: StoredMail[] = []
  private bytes = 0
  private routing: Promise<void> | null = null
  private readonly roomWaiters: (() => void)[] = []

  constructor(
    private readonly deps: RoutingDependencies,
    private readonly sender: CommandSender,
  ) {}

  /**
   * Stores mails and has them routed.
   * @param cursor see storeMails.
   * @returns how many were new. When this returns the mails are safe, not yet routed.
   * @throws when the database cannot be reached: the mails are not safe, the sender or the mailbox
   *   keeps them.
   */
  async take(mails: readonly IncomingMail[], cursor?: Cursor): Promise<number> {
    const stored = await storeMails(this.deps.db, this.deps.blobs, mails, cursor)
    this.enqueue(stored)
    return stored.length
  }

  /**
   * The same for those who cannot wait for room, like a sending mail server: what does not fit into
   * memory now is routed from the ledger. Not for a mailbox's backlog, whose order would suffer.
   */
  async takeAtOnce(mails: readonly IncomingMail[]): Promise<void> {
    const stored = await storeMails(this.deps.db, this.deps.blobs, mails)
    if (!this.full()) this.enqueue(stored)
  }

  /** Resolves when there is room for more: keeps memory bounded however large the backlog. */
  async room(): Promise<void> {
    while (this.full()) await new Promise<void>((resolve) => this.roomWaiters.push(resolve))
  }

  /** Resolves when everything taken so far has been routed or left to the ledger. */
  async routed(): Promise<void> {
    while (this.routing) await this.routing
  }

  /**
   * Routes what a process that died has left behind.
   * @param olderThan seconds since it was stored.
   * @returns how many mails it found.
   */
  async routeLeftBehind(olderThan: number, stopped: () => boolean = () => false): Promise<number> {
    let found = 0
    for (;;) {
      await this.routed()
      const rows = stopped()
        ? []
        : await readStored(this.deps.db, BATCH_MAILS, olderThan, BATCH_BYTES)
      if (rows.length === 0) return found
      found += rows.length
      const mails: StoredMail[] = []
      for (const row of rows) mails.push(...(await withSource(this.deps.db, this.deps.blobs, row)))
      await this.routeBatch(mails)
    }
  }

  /**
   * Tries a quarantined mail again.
   * @returns false when it is not in quarantine (any more); it may end there again.
   */
  async retryQuarantined(mailId: string): Promise<boolean> {
    // By hand, from the Temporal UI, it may be anything.
    if (!z.uuid().safeParse(mailId).success) return false
    if (!(await releaseFromQuarantine(this.deps.db, mailId))) return false
    await this.routeLeftBehind(0)
    return true
  }

  private full(): boolean {
    return this.queue.length >= ROOM_MAILS || this.bytes >= ROOM_BYTES
  }

  private enqueue(stored: readonly StoredMail[]): void {
    for (const mail of stored) this.bytes += mail.raw.length
    this.queue.push(...stored)
    this.routing ??= this.routeQueue().finally(() => {
      this.routing = null
      if (this.queue.length > 0) this.enqueue([])
    })
  }

  private async routeQueue(): Promise<void> {
    while (this.queue.length > 0) {
      let size = 0
      let count = 0
      while (
        count < this.queue.length &&
        count < BATCH_MAILS &&
        (count === 0 || size + this.queue[count]!.raw.length <= BATCH_BYTES)
      )
        size += this.queue[count++]!.raw.length
      const batch = this.queue.splice(0, count)
      try {
        await this.routeBatch(batch)
      } catch (error) {
        this.deps.log.warn(
          { mails: batch.length, error: error instanceof Error ? error.message : String(error) },
          'stored mails could not be routed now; they will be routed from the ledger',
        )
      }
      for (const mail of batch) this.bytes -= mail.raw.length
      for (const resume of this.roomWaiters.splice(0)) resume()
    }
  }

  /** Sends commands again, those that are on their way left out. */
  async resend(commands: readonly RoutedCommand[]): Promise<void> {
    const { sender } = this
    await sender.atMost(COMMANDS_UNDERWAY)
    sender.send(commands.filter(({ command }) => !sender.isSending(command.id)))
  }

  /** Resolves when everything taken so far is in Temporal's hands, or left to the ledger. */
  async settled(): Promise<void> {
    this.sender.hurry()
    await this.routed()
    await this.sender.atMost(0)
  }

  private async routeBatch(batch: readonly StoredMail[]): Promise<void> {
    await this.sender.atMost(COMMANDS_UNDERWAY)
    const { sender } = this
    const { earlier, commands } = await routeMails(this.deps, batch)
    sender.send(earlier.filter(({ command }) => !sender.hasSent(command.id)))
    sender.send(commands)
  }
}
