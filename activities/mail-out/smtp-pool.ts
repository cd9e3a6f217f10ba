import { createHash } from 'node:crypto'
import type { SmtpSession } from '../../platform/smtp/session.ts'
import {
  defaultTimeouts,
  type SmtpAccount,
  type SmtpTimeouts,
} from '../../platform/smtp/account.ts'
import { SmtpFailure } from '../../platform/smtp/failure.ts'
import { openSmtp } from '../../platform/smtp/transport.ts'

/** Connections to one account at a time, in this process. Microsoft 365 refuses a fourth. */
const MOST_SESSIONS = 3
/** How long a connection waits for a next message. */
const IDLE_MS = 4_000
/** Many servers end a connection after a hundred messages. */
const MOST_MESSAGES = 90

interface Account {
  idle: { session: SmtpSession; timer: NodeJS.Timeout }[]
  open: number
  waiting: (() => void)[]
}

/**
 * Connections to mail servers, kept for a few seconds so that a burst of replies does not sign in
 * for each.
 */
export class SmtpSessions {
  private readonly accounts = new Map<string, Account>()

  /** @param tell of each use: whether the account itself works. */
  constructor(
    private readonly waits: SmtpTimeouts = defaultTimeouts,
    private readonly tell: (account: SmtpAccount, failure: SmtpFailure | null) => void = () =>
      undefined,
  ) {}

  /**
   * Gives `work` a connection. A connection that `work` failed on is not used again.
   * @param work told whether the connection has been used before: one that the server has closed
   *   meanwhile is worth a second try.
   * @throws SmtpFailure when no connection comes about; whatever `work` throws.
   */
  async use<T>(
    to: SmtpAccount,
    work: (session: SmtpSession, used: boolean) => Promise<T>,
  ): Promise<T> {
    const key = keyOf(to)
    const account = this.accounts.get(key) ?? { idle: [], open: 0, waiting: [] }
    this.accounts.set(key, account)
    if (account.open >= MOST_SESSIONS)
      await new Promise<void>((resolve) => account.waiting.push(resolve))
    else account.open++
    try {
      const kept = takeIdle(account)
      const session = kept ?? (await openSmtp(to, this.waits))
      const result = await work(session, kept !== null)
      keep(account, session)
      // Nothing came of a connection that the server had closed meanwhile.
      if (result !== null) this.tell(to, null)
      return result
    } catch (error) {
      if (error instanceof SmtpFailure) this.tell(to, error.ofAccount ? error : null)
      throw error
    } finally {
      const next = account.waiting.shift()
      if (next) next()
      else account.open--
      if (account.open === 0 && account.idle.length === 0) this.accounts.delete(key)
    }
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
