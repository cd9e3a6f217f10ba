import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Counter, Gauge } from 'prom-client'
import { ProblemError } from './problem.ts'
import { registry } from './metrics.ts'
import type { WaitingLine } from './waiting-line.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Gives the place of a change to the next one. */
    leave: (() => void) | null
  }
}

/**
 * How long a change keeps its place after whoever asked for it has hung up, when its end is not seen:
 * longer than a command is waited for. Milliseconds.
 */
const UNSEEN = 30_000

const underway = new Gauge({
  name: 'guichet_changes_under_way',
  help: 'Changes that this process has let in and not answered.',
  registers: [registry],
})
const waiting = new Gauge({
  name: 'guichet_changes_waiting',
  help: 'Changes that wait for their turn in this process: nothing is done for them yet.',
  registers: [registry],
})
const refused = new Counter({
  name: 'guichet_changes_refused_total',
  help: 'Changes that could not have been done in time and were refused, with nothing done for them.',
  registers: [registry],
})

/**
 * Refuses changes that could not be done in time, before it is even asked who asks: saying no must
 * cost little. Reading is not bounded.
 * @param askWho asks it, and adds the hooks for that.
 */
export function refuseTooMuch(app: FastifyInstance, line: WaitingLine, askWho: () => void): void {
  app.decorateRequest('leave', null)
  app.addHook('onRequest', (request, _reply, done) => {
    if (isReading(request)) done()
    else if (line.isFull) done(tooBusy(line))
    else {
      keepPlace(request, line, line.come())
      done()
    }
  })
  askWho()
  // Until the body is there he counts no more: who sends slowly holds up nobody.
  app.addHook('onRequest', (request, _reply, done) => {
    request.leave?.()
    done()
  })
  app.addHook('onSend', async (request, _reply, payload) => {
    request.leave?.()
    return payload
  })
}

/**
 * Lets a few changes at a time be carried out: to be called after all that waits for whoever asks, and
 * before anything is written. So whoever has had no turn has left no trace, and “nothing was changed”
 * is true whatever becomes slow meanwhile.
 */
export function waitForTurn(app: FastifyInstance, line: WaitingLine): void {
  app.addHook('preHandler', async (request, reply) => {
    if (isReading(request)) return
    const hungUp = new AbortController()
    reply.raw.once('close', () => {
      hungUp.abort()
      // What was begun goes on, and mostly says when it has ended.
      if (request.leave) setTimeout(() => request.leave?.(), UNSEEN).unref()
    })
    const turn = line.enter(hungUp.signal)
    count(line)
    const leave = await turn
    if (leave === null) {
      count(line)
      throw tooBusy(line)
    }
    keepPlace(request, line, leave)
    if (reply.raw.destroyed) request.leave?.()
  })
}

function keepPlace(request: FastifyRequest, line: WaitingLine, leave: () => void): void {
  count(line)
  request.leave = () => {
    request.leave = null
    leave()
    count(line)
  }
}

function tooBusy(line: WaitingLine): ProblemError {
  refused.inc()
  return new ProblemError(
    503,
    'too-busy',
    'More is being done than can be done in time. Nothing was changed; try again in a moment.',
    { retryAfter: line.comeAgain },
  )
}

function count(line: WaitingLine): void {
  underway.set(line.underway)
  waiting.set(line.waiting)
}

const READING = new Set(['GET', 'HEAD', 'OPTIONS'])

const isReading = ({ method }: FastifyRequest): boolean => READING.has(method)
