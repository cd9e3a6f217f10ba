import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { kept, problem } from '../../domain/contract.ts'

/** The server as routes see it: requests and answers typed by their zod schemas. */
export type Api = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>

const problemAnswer = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: problem } },
})
const problems = {
  '4xx': problemAnswer('The request cannot be answered; `code` and `detail` say why.'),
  '5xx': problemAnswer('Guichet, its database or Temporal is in trouble.'),
} as const

/**
 * The answers of a route: its success, and problems.
 * @param code 200 or 201.
 * @param example of this route, where its schema is that of others too.
 */
export const answers = <C extends 200 | 201, S extends z.ZodType>(
  code: C,
  schema: S,
  example?: z.output<S>,
) =>
  ({
    [code]: example === undefined ? schema : withExample('The answer.', schema, example),
    ...problems,
  }) as Record<C, S> & typeof problems

/** One answer of a route, with an example that its schema cannot know. */
export const withExample = <S extends z.ZodType>(
  description: string,
  schema: S,
  example: z.output<S>,
) => ({ description, content: { 'application/json': { schema, example } } })

/** A route that answers nothing but success. */
export const noContent = { 204: z.undefined().describe('Done.'), ...problems } as const

/** The answers of a route that sends a command to a ticket: when no worker answers, it is kept. */
export const orKept = <R extends object>(responses: R) =>
  ({ ...responses, 202: kept }) as R & { 202: typeof kept }

/**
 * A route that answers bytes of some type.
 * @param example where its type alone does not say what is in it.
 */
export const bytes = (contentType: string, description: string, example?: string) => ({
  200: {
    description,
    content: { [contentType]: { schema: z.any(), ...(example === undefined ? {} : { example }) } },
  },
  ...problems,
})
