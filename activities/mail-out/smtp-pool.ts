import { createHash } from 'node:crypto'
import { accountName } from '../../application/mail-out/sender-contact.ts'
import { hangingByAccount, type Hanging } from '../../domain/health/work-in-hand.ts'
import type { SmtpSession } from '../../platform/smtp/session.ts'
import {
  defaultTimeouts,
  type SmtpAccount,
  type SmtpTimeouts,
} from '../../platform/smtp/account.ts'
import { SmtpFailure } from '../../platform/smtp/failure.ts'
import { openSmtp } from '../../platform/smtp/transport.ts'
import { AccountQueue, ofAllAccounts } from './account-queue.ts'
import { MailInMemory } from './mail-in-memory.ts'

/** How long a connection waits for a next message. */
const IDLE_MS = 4_000
/** Many servers end a connection after a hundred messages. */
const MOST_MESSAGES = 90

interface Account {
  /** As people know it. */
  name: string
  idle: { session: SmtpSession; timer: NodeJS.Timeout }[]
  queue: AccountQueue
}

/**
 * Connections to mail servers, kept for a few seconds so that a burst of replies does not sign in
 * for each.
 */
export class SmtpSessions {
  private readonly accounts = new Map<string, Account>()
  private readonly memory = new MailInMemory()

  /** @param tell of each use: whether the account itself works. */
  constructor(
    private readonly waits: SmtpTimeouts = defaultTimeouts,
    private readonly tell: (account: SmtpAccount, failure: SmtpFailure | null) => void = () =>
      undefined,
  ) {}

  /** What is under way, or waits here, by the account's name. */
  get underway(): Record<string, number> {
    const found: Record<string, number> = {}
    for (const { name, queue } of this.accounts.values())
      if (queue.size > 0) found[name] = (found[name] ?? 0) + queue.size
    return found
  }

  /** What the servers say nothing about, by the account's name. */
  get hanging(): Record<string, Hanging> {
    return hangingByAccount(
      [...this.accounts.values()].flatMap(({ name, queue: { hanging } }) =>
        hanging ? [[name, hanging] as const] : [],
      ),
    )
  }

  /**
   * Gives `work` a connection. A connection that `work` failed on is not used again.
   * @param work told whether the connection has been used before: one that the server has closed
   *   meanwhile is worth a second try.
   * @throws SmtpFailure when no connection comes about; AccountBusyError when none is free soon;
   *   whatever `work` throws.
   */
  async use<T>(
    to: SmtpAccount,
    work: (session: SmtpSession, used: boolean) => Promise<T>,
  ): Promise<T> {
    const account = this.accountOf(to)
    const place = await account.queue.enter()
    let answered = false
    try {
      const kept = takeIdle(account)
      const session = kept ?? (await openSmtp(to, this.waits))
      place.heardAt = () => session.progressAt
      const result = await work(session, kept !== null)
      answered = result !== null
      keep(account, session)
      // Nothing came of a connection that the server had closed meanwhile.
      if (answered) this.tell(to, null)
      return result
    } catch (error) {
      if (error instanceof SmtpFailure) {
        answered = error.replyCode !== null
        this.tell(to, error.ofAccount ? error : null)
      }
      throw error
    } finally {
      account.queue.leave(place, answered)
    }
  }

  /**
   * Before anything is made ready for an account that takes nothing now.
   * @throws AccountBusyError
   */
  refuseIfBusy(to: SmtpAccount): void {
    this.accountOf(to).queue.refuseIfFull()
  }

  /**
   * Room in memory for a mail, before it is made ready.
   * @returns gives the room back.
   * @throws AccountBusyError
   */
  hold(to: SmtpAccount, bytes: number): () => void {
    return this.memory.hold(keyOf(to), bytes)
  }

  /** Ends the connections that wait. */
  close(): void {
    for (const account of this.accounts.values()) {
      for (const { session, timer } of account.idle.splice(0)) {
        clearTimeout(timer)
        session.quit()
      }
    }
  }

  private get queues(): AccountQueue[] {
    return [...this.accounts.values()].map(({ queue }) => queue)
  }

  private accountOf(to: SmtpAccount): Account {
    const key = keyOf(to)
    const known = this.accounts.get(key)
    if (known) return known
    for (const [other, { idle, queue }] of this.accounts)
      if (idle.length === 0 && queue.isForgotten) this.accounts.delete(other)
    const account: Account = {
      name: accountName(to),
      idle: [],
      queue: new AccountQueue(() => ofAllAccounts(this.queues)),
    }
    this.accounts.set(key, account)
    return account
  }
}

function takeIdle(account: Account): SmtpSession | null {
  for (let entry = account.idle.pop(); entry; entry = account.idle.pop()) {
    clearTimeout(entry.timer)
    if (entry.session.alive) return entry.session
  }
  return null
}

function keep(account: Account, session: SmtpSession): void {
  if (!session.alive) return
  if (session.sent >= MOST_MESSAGES) {
    session.quit()
    return
  }
  const timer = setTimeout(() => {
    account.idle = account.idle.filter((entry) => entry.session !== session)
    session.quit()
  }, IDLE_MS)
  // A process that is told to stop does not wait for it.
  timer.unref()
  account.idle.push({ session, timer })
}

/** Changed settings are another account. The password is in the key, so the key is a hash. */
const keyOf = (account: SmtpAccount): string =>
  createHash('sha256').update(JSON.stringify(account)).digest('hex')
