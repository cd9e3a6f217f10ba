import type { FastifyReply, FastifyRequest } from 'fastify'
import type { AllowedMethods } from './allowed-methods.ts'
import { notFound, ProblemError } from './problem.ts'

/**
 * Answers a request that no route takes: what its address takes instead, or that there is nothing.
 * @throws ProblemError 404, or 405 with the methods that there are
 */
export function answerUnrouted(
  request: FastifyRequest,
  reply: FastifyReply,
  allowed: AllowedMethods,
): void {
  const path = pathOf(request)
  const methods = allowed.of(path)
  if (methods.length === 0) throw notFound('such address')
  if (request.method === 'OPTIONS')
    return void reply.code(204).header('allow', methods.join(', ')).send()
  throw new ProblemError(
    405,
    'method-not-allowed',
    `${request.method} cannot be asked of this address. It takes ${methods.join(', ')}.`,
    { allow: methods },
  )
}

/** The address without its query. */
export const pathOf = (request: FastifyRequest): string => request.url.split('?', 1)[0] ?? ''
