import { ProblemError } from '../http/problem.ts'

const WINDOW_MS = 15 * 60_000
/**
 * Failures allowed in the window for one address from one client (by its IP), for one client, and for one address
 * from everywhere.
 */
const allowed = { pair: 5, ip: 60, address: 50 } as const
const REMEMBERED = 20_000

/**
 * Counts failed sign-ins in this process. Slow guessing from one client stops after a few; nobody
 * else is locked out by it.
 */
export class SignInLimit {
  #failures = new Map<string, { count: number; since: number }>()

  constructor(private readonly now: () => number = Date.now) {}

  /** @throws ProblemError 429 when this address or this client has failed too often. */
  check(address: string, ip: string): void {
    const waits = this.#keys(address, ip).map(([key, most]) => this.#wait(key, most))
    const wait = Math.max(...waits)
    if (wait > 0) {
      throw new ProblemError(
        429,
        'too-many-sign-ins',
        `Too many attempts. Wait ${Math.ceil(wait / 60_000)} minutes, or ask an admin for a new set-up link.`,
        { retryAfter: Math.ceil(wait / 1000) },
      )
    }
  }

  failed(address: string, ip: string): void {
    if (this.#failures.size > REMEMBERED) this.#forget()
    for (const [key] of this.#keys(address, ip)) {
      const known = this.#current(key)
      this.#failures.set(key, { count: (known?.count ?? 0) + 1, since: known?.since ?? this.now() })
    }
  }

  /** The person knows the password after all. */
  succeeded(address: string, ip: string): void {
    this.#failures.delete(pairKey(address, ip))
  }

  #keys(address: string, ip: string): [string, number][] {
    return [
      [pairKey(address, ip), allowed.pair],
      [`ip ${ip}`, allowed.ip],
      [`address ${address}`, allowed.address],
    ]
  }

  #wait(key: string, most: number): number {
    const known = this.#current(key)
    return known && known.count >= most ? known.since + WINDOW_MS - this.now() : 0
  }

  #current(key: string): { count: number; since: number } | undefined {
    const known = this.#failures.get(key)
    return known && known.since + WINDOW_MS > this.now() ? known : undefined
  }

  /** The window that began first ends first; entries are in that order. */
  #forget(): void {
    for (const [key] of this.#failures) {
      if (this.#current(key) && this.#failures.size <= REMEMBERED / 2) return
      this.#failures.delete(key)
    }
  }
}

const pairKey = (address: string, ip: string): string => `pair ${address} ${ip}`
