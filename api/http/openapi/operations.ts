import type { RouteRight } from '../../access/authentication.ts'
import {
  type MediaType,
  type Operation,
  operationsOf,
  type Parameter,
  type Paths,
  type Response,
  SCHEMA_REF,
} from './json-schema.ts'
import { notFound, ProblemError, problemBody, unprocessable } from '../problem.ts'
import { described } from './parameter-descriptions.ts'
import { plainSchema } from './schemas.ts'

/** @returns how a caller of a route with this right proves who it is. */
export function securityOf(
  right: RouteRight | undefined,
  sessionOnly: boolean,
): Record<string, string[]>[] {
  if (right === undefined || right === 'public') return []
  return sessionOnly ? [{ session: [] }] : [{ session: [] }, { token: [] }]
}

const header = (description: string, schema: object, example: unknown) => ({
  description,
  schema,
  example,
})
const problemAnswer = (
  description: string,
  example: ProblemError,
  headers: string[] = [],
): Response => ({
  description,
  ...(headers.length
    ? {
        headers: Object.fromEntries(
          headers.map((name) => [name, { $ref: `#/components/headers/${name}` }]),
        ),
      }
    : {}),
  content: {
    'application/problem+json': {
      schema: { $ref: `${SCHEMA_REF}Problem` },
      example: problemBody(example),
    },
  },
})

/** What operations have in common, named once. */
export const components = {
  securitySchemes: {
    session: {
      type: 'apiKey',
      in: 'cookie',
      name: 'guichet_session',
      description: 'Set by POST /api/v1/session.',
    },
    token: {
      type: 'http',
      scheme: 'bearer',
      description: 'Made by POST /api/v1/tokens.',
    },
  },
  parameters: {
    'Idempotency-Key': {
      name: 'Idempotency-Key',
      in: 'header',
      required: false,
      description:
        'Chosen by the caller, new for each thing to be done; a UUID is a good one. The same request with the same key is done once within 24 hours, however often it is sent; each gets the first answer.',
      // No example: the page of the API would send it with everything that is tried.
      schema: { type: 'string', minLength: 1, maxLength: 255 },
    },
    'If-None-Match': {
      name: 'If-None-Match',
      in: 'header',
      required: false,
      description: 'The ETag of an answer that one has: 304 when nothing has changed.',
      schema: { type: 'string' },
    },
  },
  headers: {
    ETag: header('Names this state of the answer.', { type: 'string' }, '"m6Vb7nPqz1U4sWc0Yh2Lxk"'),
    'Retry-After': header('Seconds until it is worth trying again.', { type: 'integer' }, 5),
    'WWW-Authenticate': header(
      'How to prove who one is (RFC 6750).',
      { type: 'string' },
      'Bearer realm="Guichet", error="invalid_token"',
    ),
    'Idempotency-Replayed': header(
      'Present when this is the answer that an earlier request with the same key got.',
      { type: 'string', const: 'true' },
      'true',
    ),
  },
  responses: {
    Malformed: problemAnswer(
      'The request is malformed; `errors` names the fields.',
      new ProblemError(400, 'request-invalid', 'subject: is missing', {
        errors: [{ pointer: '/subject', message: 'is missing' }],
      }),
    ),
    NotSignedIn: problemAnswer(
      'Nobody has signed in, or the token is not valid.',
      new ProblemError(
        401,
        'not-signed-in',
        'Sign in first: POST /api/v1/session, or send an API token as Authorization: Bearer.',
      ),
      ['WWW-Authenticate'],
    ),
    NotAllowed: problemAnswer(
      'Not allowed to this person or from this page.',
      new ProblemError(403, 'not-allowed', 'Your role, agent, does not allow this. Ask an admin.'),
    ),
    NotFound: problemAnswer(
      'There is no such thing, or the person may not see it.',
      notFound('ticket #1042'),
    ),
    Conflict: problemAnswer(
      'It does not fit the state of things, or is under way already.',
      new ProblemError(
        409,
        'request-under-way',
        'A request with this Idempotency-Key is being carried out. Send it again in a moment for its answer.',
      ),
      ['Retry-After'],
    ),
    CannotBeDone: problemAnswer(
      'Well formed, but it cannot be carried out.',
      unprocessable(
        'department-not-found',
        'This department does not exist, or you do not see its tickets.',
        '/departmentId',
      ),
    ),
    Refused: problemAnswer(
      'The request cannot be answered; `code` and `detail` say why.',
      new ProblemError(
        406,
        'not-acceptable',
        'This is answered as application/json. Name it in Accept, or leave Accept out.',
      ),
      ['Retry-After'],
    ),
    Unavailable: problemAnswer(
      'Guichet, its database or Temporal is in trouble.',
      new ProblemError(
        503,
        'database-unreachable',
        'The database does not answer. Nothing was changed; try again in a moment.',
      ),
      ['Retry-After'],
    ),
    NotModified: { description: 'The answer is still the one that the caller has.' },
  },
}

/** Adds to every operation what follows from its kind. */
export function describeOperations(paths: Paths): Paths {
  const operations: Paths = {}
  for (const [method, path, operation] of operationsOf(paths)) {
    operations[path] = { ...operations[path], [method]: describe(method, path, operation) }
  }
  return operations
}

function describe(method: string, path: string, operation: Operation): Operation {
  const parameters = (operation.parameters ?? []) as Parameter[]
  const requestBody = bodyOf(operation)
  return {
    ...operation,
    parameters: [
      ...parameters.map((one) => ({ ...described(path, one), schema: plainSchema(one.schema) })),
      ...headerParameters(method, operation),
    ],
    ...(requestBody ? { requestBody } : {}),
    responses: {
      ...Object.fromEntries(
        Object.entries(operation.responses)
          .filter(([status]) => !/XX$/.test(status))
          .map(([status, response]) => [status, successOf(method, status, response)]),
      ),
      ...problemsOf(method, operation, parameters),
    },
  }
}

const isCached = (method: string, { responses }: Operation): boolean =>
  method === 'get' && responses['200']?.content?.['application/json'] !== undefined

function headerParameters(method: string, operation: Operation): { $ref: string }[] {
  const names = [
    ...(method === 'post' ? ['Idempotency-Key'] : []),
    ...(isCached(method, operation) ? ['If-None-Match'] : []),
  ]
  return names.map((name) => ({ $ref: `#/components/parameters/${name}` }))
}

/** A body that may be null may be left out. */
function bodyOf({ requestBody }: Operation): Operation['requestBody'] {
  if (!requestBody) return undefined
  const content = Object.entries(requestBody.content).map(
    ([type, { schema = {} }]): [string, MediaType, boolean] => {
      const choices = schema.anyOf?.filter((one) => one.type !== 'null')
      const [only] = choices ?? []
      return choices?.length === 1 && only
        ? [type, { schema: plainSchema(only) }, false]
        : [type, { schema: plainSchema(schema) }, true]
    },
  )
  return {
    required: content.every(([, , required]) => required),
    content: Object.fromEntries(content.map(([type, media]) => [type, media])),
  }
}

const successes: Record<string, string> = {
  200: 'Done; this is how it is now.',
  201: 'Made; this is it.',
  202: 'Kept: it cannot be done now. It will be done, and the history says so.',
  204: 'Done.',
}

function successOf(method: string, status: string, response: Response): Response {
  const { content, description } = response
  const said = description === 'Default Response' ? undefined : description
  const replayed = method === 'post' && status !== '202'
  const headers = method === 'get' ? ['ETag'] : replayed ? ['Idempotency-Replayed'] : []
  return {
    description: said ?? (method === 'get' ? 'The answer.' : (successes[status] ?? 'Done.')),
    ...(headers.length && (method !== 'get' || content?.['application/json'])
      ? {
          headers: Object.fromEntries(
            headers.map((name) => [name, { $ref: `#/components/headers/${name}` }]),
          ),
        }
      : {}),
    // "No content" has no content, not a content of type null.
    ...(content && status !== '204'
      ? {
          content: Object.fromEntries(
            Object.entries(content).map(([type, { schema = {}, example }]) => [
              type,
              { schema: plainSchema(schema), ...(example === undefined ? {} : { example }) },
            ]),
          ),
        }
      : {}),
  }
}

function problemsOf(
  method: string,
  operation: Operation,
  parameters: readonly Parameter[],
): Record<string, Response> {
  const writes = method !== 'get'
  const isSecured = (operation.security ?? []).length > 0
  const takes = operation.requestBody !== undefined || parameters.some((one) => one.in === 'query')
  const names: [status: string, name: string, isPossible: boolean][] = [
    ['304', 'NotModified', isCached(method, operation)],
    ['400', 'Malformed', takes],
    ['401', 'NotSignedIn', isSecured],
    ['403', 'NotAllowed', isSecured || writes],
    ['404', 'NotFound', parameters.some((one) => one.in === 'path')],
    ['409', 'Conflict', writes],
    ['422', 'CannotBeDone', writes],
    ['4XX', 'Refused', true],
    ['5XX', 'Unavailable', true],
  ]
  return Object.fromEntries(
    names
      .filter(([, , isPossible]) => isPossible)
      .map(([status, name]) => [status, { $ref: `#/components/responses/${name}` }]),
  )
}
