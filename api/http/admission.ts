import type { FastifyInstance } from 'fastify'
import { Counter, Gauge } from 'prom-client'
import { ProblemError } from './problem.ts'
import { registry } from './metrics.ts'

/** What is waited for this long at most, when all that was let in is done. Milliseconds. */
const IN_TIME = 8_000
/** So many at once are always let in: before that many wait, nothing is known of how long it takes. */
const ALWAYS = 64
/** When nothing at all was done for this long, no more is let in. Milliseconds. */
const STALLED = 3_000
/** How much the latest request says about the next ones. */
const LATEST = 0.05
/** Whoever is refused is asked to come again within these seconds. */
const COME_AGAIN = { first: 1, last: 30 }

/**
 * Lets in as many changes as can be done in time, by how long the latest have taken: each took a share
 * of the time with those that were under way beside it.
 */
export class Admission {
  #underway = 0
  /** Milliseconds for each, when many are under way. */
  #each = 0
  /** When something was last done, or began after nothing had been under way. */
  #lastDone = 0

  constructor(private readonly clock: () => number = Date.now) {}

  /** How long what is under way will take. Milliseconds. */
  get expected(): number {
    return this.#underway * this.#each
  }

  /**
   * @returns what is to be called at its end; null when it cannot be done in time.
   */
  enter(): (() => void) | null {
    const began = this.clock()
    if (this.#underway === 0) this.#lastDone = began
    if (this.isFull) return null
    const beside = ++this.#underway
    let ended = false
    return () => {
      if (ended) return
      ended = true
      this.#underway--
      const now = this.clock()
      this.#lastDone = now
      const share = (now - began) / beside
      this.#each = this.#each === 0 ? share : (1 - LATEST) * this.#each + LATEST * share
    }
  }

  /** When there will be room again. Seconds. */
  get comeAgain(): number {
    const seconds = Math.ceil(Math.max(this.expected - IN_TIME / 2, 0) / 1000)
    return Math.min(Math.max(seconds, COME_AGAIN.first), COME_AGAIN.last)
  }

  /** Whether one who came now would be refused. */
  get isFull(): boolean {
    return (
      this.#underway >= ALWAYS &&
      (this.expected > IN_TIME || this.clock() - this.#lastDone > STALLED)
    )
  }
}

const underway = new Gauge({
  name: 'guichet_changes_under_way',
  help: 'Changes that this process has let in and not answered.',
  registers: [registry],
})
const refused = new Counter({
  name: 'guichet_changes_refused_total',
  help: 'Changes that could not have been done in time and were refused at once.',
  registers: [registry],
})

/**
 * Refuses changes that could not be done in time, before anything is done for them: what is under way
 * goes on at its pace, however much comes. Reading is not bounded.
 */
export function admitInTime(app: FastifyInstance, admission = new Admission()): void {
  const tooBusy = (): ProblemError => {
    refused.inc()
    return new ProblemError(
      503,
      'too-busy',
      'More is being done than can be done in time. Nothing was changed; try again in a moment.',
      { retryAfter: admission.comeAgain },
    )
  }
  // Before it is asked who it is: saying no must cost little. A place is taken when the body is there.
  app.addHook('onRequest', (request, _reply, done) => {
    if (READING.has(request.method) || !admission.isFull) done()
    else done(tooBusy())
  })
  app.addHook('preHandler', (request, reply, done) => {
    if (READING.has(request.method)) {
      done()
      return
    }
    const leave = admission.enter()
    if (leave === null) {
      done(tooBusy())
      return
    }
    underway.inc()
    reply.raw.once('close', () => {
      underway.dec()
      leave()
    })
    done()
  })
}

const READING = new Set(['GET', 'HEAD', 'OPTIONS'])
