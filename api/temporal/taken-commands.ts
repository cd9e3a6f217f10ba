import { AsyncLocalStorage } from 'node:async_hooks'
import type { FastifyInstance } from 'fastify'
import {
  CommandKeptError,
  CommandUndecidedError,
} from '../../application/tickets/ticket-commands.ts'
import type { Workflows } from './workflows.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Tickets that have taken a command of this request, or may have: they are changed by it. */
    taken: Set<number> | null
  }
}

const takenByRequest = new AsyncLocalStorage<Set<number>>()

/** Every request knows which tickets took its commands: what fails afterwards has changed something. */
export function noteTaken(app: FastifyInstance): void {
  app.decorateRequest('taken', null)
  app.addHook('preHandler', (request, _reply, done) => {
    request.taken = new Set()
    takenByRequest.run(request.taken, done)
  })
}

/** @returns the same workflows; what they take is noted in the request that it comes from. */
export function notingTaken(workflows: Workflows): Workflows {
  return {
    ...workflows,
    execute: async (facts, name, command, sending) => {
      const note = (): unknown => takenByRequest.getStore()?.add(facts.number)
      try {
        const answer = await workflows.execute(facts, name, command, sending)
        note()
        return answer
      } catch (error) {
        if (error instanceof CommandKeptError || error instanceof CommandUndecidedError) note()
        throw error
      }
    },
  }
}
