import { randomUUID } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { eventually } from '../../harness/eventually.ts'
import type { Desk } from './desk.ts'
import { rawMail } from './mails.ts'

/** A reply that was accepted, and the ticket it is in. */
interface Accepted {
  number: number
  text: string
}

/**
 * Mail and agents' work that goes on whatever happens to the processes: what was refused or got no
 * answer is asked for again under the same key, as a careful client does.
 */
export class SteadyLoad {
  readonly subjects: string[] = []
  readonly replies: Accepted[] = []
  #over = false
  readonly #running: Promise<void>

  constructor(private readonly desk: Desk) {
    this.#running = this.#run()
  }

  /** Waits until so many more rounds were done. */
  async rounds(count: number): Promise<void> {
    const enough = this.replies.length + count
    await eventually(`${count} rounds of load`, () => this.replies.length >= enough)
  }

  async end(): Promise<void> {
    this.#over = true
    await this.#running
  }

  async #run(): Promise<void> {
    while (!this.#over) {
      await this.#round()
      await setImmediate()
    }
  }

  /** A mail comes, and once it is a ticket it is answered and its priority changed. */
  async #round(): Promise<void> {
    const subject = `Load ${this.subjects.length + 1}`
    this.subjects.push(subject)
    this.desk.deliver(
      rawMail({ subject, from: `Load <load-${this.subjects.length}@client.example>` }),
    )
    const number = await eventually(`a ticket about ${subject}`, async () => {
      const found = await this.desk.admin.get<{ items: { number: number; subject: string }[] }>(
        '/tickets?limit=20',
      )
      return found.items.find((ticket) => ticket.subject === subject)?.number
    })
    const text = `An answer about ${subject}.`
    await this.#accepted('POST', `/tickets/${number}/messages`, { text })
    this.replies.push({ number, text })
    await this.#accepted('PATCH', `/tickets/${number}`, { priority: 'high' })
  }

  async #accepted(method: string, path: string, body: unknown): Promise<void> {
    const headers = { 'idempotency-key': randomUUID() }
    await eventually(`${method} ${path} is accepted`, async () => {
      const response = await this.desk.admin.fetch(method, path, body, { headers })
      if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`)
      return true
    })
  }
}
