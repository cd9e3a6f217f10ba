// Requesters who write mails, and agents who answer: each does one thing after another and goes on
// with it until they are told that it is done.
import { setTimeout as sleep } from 'node:timers/promises'
import { createTransport } from 'nodemailer'
import { rawMail } from '../../tests/integration/support/mails.ts'
import { ADDRESSES, type FaultedDesk } from './desk.ts'
import { IMAP } from './mail-servers.ts'
import type { GivenAction, GivenMail, Ledger, MailWay } from './ledger.ts'
import { Random } from './random.ts'
import type { Site } from './site.ts'

/** How much is given, in a second. */
export interface Rate {
  mails: number
  actions: number
}

/** Beyond this nobody begins anything new: whoever waits does nothing else. */
const MOST_AT_ONCE = 120
/** Between two looks whether something new is due, in milliseconds. */
const TICK = 50
/** What was put off is made up for by so much at a time. */
const AT_A_TIME = 2
/** Part of the mails that belong to a thread that there is. */
const FOLLOW_UPS = 0.4
/** Between two attempts, in milliseconds. */
const AGAIN = 1_000
/** Whoever gets no answer for so long asks again. Milliseconds. */
const PATIENCE = 30_000
/** How long some replies can be taken back, in seconds. */
const HELD = 4

interface Thread {
  way: MailWay
  from: string
  ids: string[]
  /** What its writer has under way. */
  last: Promise<unknown>
}

export class Load {
  /** What is done next. */
  readonly #random: Random
  /** Where it is tried, as often as it takes. */
  readonly #where: Random
  readonly #threads: Thread[] = []
  /** Those that agents know. */
  readonly tickets: number[] = []
  readonly #busy = new Map<number, Promise<unknown>>()
  #atOnce = 0
  #actions = 0
  #timers: NodeJS.Timeout[] = []
  #over = false

  constructor(
    private readonly site: Site,
    private readonly desk: FaultedDesk,
    private readonly ledger: Ledger,
    seed: number,
    private readonly crossing = true,
  ) {
    this.#random = new Random(`load ${seed}`)
    this.#where = new Random(`where ${seed}`)
  }

  start({ mails, actions }: Rate): void {
    this.#timers = [
      this.#each(1_000 / mails, () => this.#mail()),
      this.#each(1_000 / actions, () => this.#action()),
    ]
  }

  /** Begins nothing new; what is under way goes on until it is answered. */
  stop(): void {
    for (const timer of this.#timers) clearInterval(timer)
  }

  /** Gives up what nobody has answered. */
  end(): void {
    this.stop()
    this.#over = true
  }

  /** An agent has seen this ticket. */
  know(ticket: number): void {
    this.tickets.push(ticket)
  }

  /**
   * One of each: to see whether everything works.
   * @returns what was given, when all of it is answered.
   */
  async probe(): Promise<(GivenMail | GivenAction)[]> {
    const ways = (['imap', 'smtp'] as const).map((way) => this.#write(this.#newThread(way)))
    const kinds = this.tickets.length === 0 ? [] : (['note', 'reply'] as const)
    const acts = kinds.map((kind) => this.#act(kind, this.#random.one(this.tickets), 0))
    return Promise.all([...ways, ...acts])
  }

  /** So often in the long run: what nobody was free for is made up for. */
  #each(ms: number, work: () => Promise<unknown>): NodeJS.Timeout {
    const began = Date.now()
    let begun = 0
    return setInterval(() => {
      const due = Math.floor((Date.now() - began) / ms) - begun
      for (let left = Math.min(due, AT_A_TIME); left > 0 && this.#isFree(); left--) {
        begun++
        this.#atOnce++
        void work().finally(() => this.#atOnce--)
      }
    }, TICK)
  }

  #isFree(): boolean {
    return this.#atOnce < MOST_AT_ONCE
  }

  #mail(): Promise<GivenMail> {
    const open = this.#threads.length > 0 && this.#random.chance(FOLLOW_UPS)
    const thread = open
      ? this.#random.one(this.#threads)
      : this.#newThread(this.#random.chance(0.5) ? 'imap' : 'smtp')
    return this.#write(thread)
  }

  #newThread(way: MailWay): Thread {
    const from = `p${this.#threads.length}@client.example`
    const thread: Thread = { way, from, ids: [], last: Promise.resolve() }
    this.#threads.push(thread)
    return thread
  }

  /** The next mail of a thread; its writer has waited until the one before was taken. */
  async #write(thread: Thread): Promise<GivenMail> {
    const before = thread.last
    const written = before.then(() => this.#writeNow(thread))
    thread.last = written
    return written
  }

  async #writeNow({ way, from, ids }: Thread): Promise<GivenMail> {
    const thread = this.#threads.findIndex((one) => one.ids === ids)
    const mail: GivenMail = {
      kind: 'mail',
      way,
      id: `${this.ledger.run}-${thread}-${ids.length}@client.example`,
      thread,
      place: ids.length,
      began: Date.now(),
      accepted: null,
      done: null,
      refused: null,
    }
    const raw = rawMail({
      id: mail.id,
      from,
      to: ADDRESSES[way],
      subject: `${ids.length > 0 ? 'Re: ' : ''}${subjectOf(this.ledger.run, thread)}`,
      text: `Mail ${mail.place} of ${thread}.\n`,
      ...(ids.length > 0 ? { inReplyTo: ids.at(-1) ?? '', references: [...ids] } : {}),
    })
    ids.push(mail.id)
    this.ledger.mails.push(mail)
    if (way === 'imap') this.site.dovecot.deliver(IMAP.user, raw)
    else await this.#handIn(mail, from, raw)
    mail.accepted ??= Date.now()
    return mail
  }

  /** As a mail server does: again and again until somebody takes it, or refuses it for good. */
  async #handIn(mail: GivenMail, from: string, raw: string): Promise<void> {
    for (;;) {
      const transport = createTransport({
        host: '127.0.0.1',
        port: this.#receiverOf(mail.thread),
        secure: false,
        tls: { rejectUnauthorized: false },
        connectionTimeout: 10_000,
        greetingTimeout: 10_000,
        socketTimeout: PATIENCE,
      })
      try {
        await transport.sendMail({ envelope: { from, to: ADDRESSES.smtp }, raw })
        return
      } catch (error) {
        const { responseCode = 0, message } = error as { responseCode?: number; message: string }
        if (responseCode >= 500) {
          mail.refused = message
          return
        }
        if (this.#over) return
      } finally {
        transport.close()
      }
      await sleep(AGAIN)
    }
  }

  #receiverOf(thread: number): number {
    const { receivers } = this.site
    return this.crossing ? this.#where.one(receivers) : (receivers[thread % receivers.length] ?? 0)
  }

  async #action(): Promise<void> {
    if (this.tickets.length === 0) return
    const part = this.#random.next()
    const ticket = this.#random.one(this.tickets)
    if (part < 0.1) await this.#act('ticket', null, 0)
    else if (part < 0.25) await this.#act('priority', ticket, 0)
    else if (part < 0.55) await this.#act('note', ticket, 0)
    else await this.#act('reply', ticket, part < 0.65 ? HELD : 0)
  }

  /** Agents take turns at a ticket. */
  async #act(kind: GivenAction['kind'], ticket: number | null, held: number): Promise<GivenAction> {
    const before = this.#busy.get(ticket ?? 0) ?? Promise.resolve()
    const acted = before.then(() => this.#actNow(kind, ticket, held))
    if (ticket !== null) this.#busy.set(ticket, acted)
    return acted
  }

  async #actNow(
    kind: GivenAction['kind'],
    ticket: number | null,
    held: number,
  ): Promise<GivenAction> {
    const action: GivenAction = {
      kind,
      token: `${this.ledger.run}-a${this.#actions++}`,
      ticket,
      value: kind === 'priority' ? this.#random.one(['low', 'normal', 'high', 'urgent']) : null,
      held: held * 1_000,
      began: Date.now(),
      accepted: null,
      done: null,
      refused: null,
    }
    this.ledger.actions.push(action)
    while (!this.#over) {
      const answer = await this.#ask(action).catch(() => null)
      if (answer && answer.status < 300) {
        action.accepted = Date.now()
        return action
      }
      if (answer && isFinal(answer)) {
        action.refused = `${answer.status} ${answer.text.slice(0, 200)}`
        return action
      }
      await sleep(AGAIN)
    }
    return action
  }

  async #ask(action: GivenAction): Promise<{ status: number; text: string }> {
    const { method, path, body } = requestOf(action, this.desk.departmentId)
    const response = await fetch(`${this.#where.one(this.site.apis)}/api/v1${path}`, {
      method,
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${this.desk.token}`,
        ...(method === 'POST' ? { 'idempotency-key': action.token } : {}),
      },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE),
    })
    return { status: response.status, text: await response.text() }
  }
}

/** @returns what every mail of a thread has in its subject. */
export const subjectOf = (run: string, thread: number | ''): string => `Request ${run} ${thread}`

/** Whether asking again would give the same. */
const isFinal = ({ status, text }: { status: number; text: string }): boolean =>
  status >= 400 && status < 500 && status !== 429 && !/request-under-way/.test(text)

function requestOf(
  { kind, token, ticket, value, held }: GivenAction,
  departmentId: string,
): { method: string; path: string; body: unknown } {
  const text = `Text ${token} of an agent.`
  switch (kind) {
    case 'note':
      return { method: 'POST', path: `/tickets/${ticket}/notes`, body: { text } }
    case 'reply':
      return {
        method: 'POST',
        path: `/tickets/${ticket}/messages`,
        body: { text, ...(held > 0 ? { holdSeconds: held / 1_000 } : {}) },
      }
    case 'priority':
      return { method: 'PATCH', path: `/tickets/${ticket}`, body: { priority: value } }
    case 'ticket':
      return {
        method: 'POST',
        path: '/tickets',
        body: {
          departmentId,
          requester: { email: 'phone@client.example' },
          subject: `By phone ${token}`,
          text,
        },
      }
  }
}
