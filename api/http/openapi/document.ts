import swagger from '@fastify/swagger'
import type { FastifySchema } from 'fastify'
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'
import type { ApiArea } from '../area.ts'
import type { Api } from '../route-schema.ts'
import { withExamples } from './examples.ts'
import { type OpenApi } from './json-schema.ts'
import { components, describeOperations, securityOf } from './operations.ts'
import { plainSchema, withUsedSchemas } from './schemas.ts'
import { whoMay } from './who-may.ts'

const about = `Self-hosted help desk: e-mail in, ticket out.

- Programs send \`Authorization: Bearer\` with a token of \`POST /api/v1/tokens\`; the web app has a session cookie.
- Errors are problem+json (RFC 9457): \`code\` is for programs, \`detail\` for people, \`errors\` names fields.
- Lists are cursor pages \`{items, next}\`: send \`next\` as \`cursor\` until it is null.
- A field or query parameter that is not described is refused by its name.
- Every POST takes an \`Idempotency-Key\`: sent again with the same key it is done once.`

/**
 * Describes the API from the schemas that validate it. Made when it is first asked for.
 * @param areas whose operations it groups.
 */
export async function describeRoutes(
  app: Api,
  publicUrl: string,
  areas: readonly ApiArea[],
): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Guichet',
        version: '1',
        description: about,
        license: { name: 'AGPL-3.0-or-later', identifier: 'AGPL-3.0-or-later' },
      },
      servers: [
        { url: '/', description: 'Where this description was read.' },
        { url: publicUrl, description: 'How people reach this Guichet.' },
      ],
      components: { securitySchemes: components.securitySchemes },
      tags: [
        ...areas.map(({ tag, description }) => ({ name: tag, description })),
        { name: 'Operation', description: 'What operators and their programs ask.' },
      ],
    } as never,
    transform: (route) => {
      const { schema, url } = jsonSchemaTransform(route)
      const { right, sessionOnly = false } = route.route.config ?? {}
      return {
        schema: {
          ...schema,
          ...uploadOf(schema),
          description: [schema.description, whoMay(right, sessionOnly)]
            .filter((part) => part !== undefined)
            .join('\n\n'),
          response: withOwnExamples(schema.response, route.schema?.response),
          security: securityOf(right, sessionOnly),
        },
        url,
      }
    },
    transformObject: (route) =>
      completed(jsonSchemaTransformObject(route) as unknown as OpenApi) as never,
  })
}

/** The description itself, for programs; the same for everybody. */
export function serveDescription(app: Api): void {
  let document: unknown
  app.get('/openapi.json', { schema: { hide: true } }, (_request, reply) =>
    reply.header('cache-control', 'no-cache').send((document ??= app.swagger())),
  )
}

interface Answer {
  content?: Record<string, { example?: unknown }>
}
type Answers = Record<string, Answer>

/** Examples that a route gives itself, which the schema library leaves out. */
const withOwnExamples = (described: unknown, given: unknown): Answers =>
  Object.fromEntries(
    Object.entries((described ?? {}) as Answers).map(([status, answer]) => {
      const own = (given as Answers | undefined)?.[status]?.content ?? {}
      for (const [type, media] of Object.entries(answer.content ?? {}))
        if (own[type]?.example !== undefined) media.example = own[type].example
      return [status, answer]
    }),
  )

/** What a route takes that reads a file: nothing validates it, so no schema says it. */
const uploadOf = ({ consumes }: FastifySchema): { body?: object } =>
  consumes?.includes('multipart/form-data')
    ? {
        body: {
          type: 'object',
          required: ['file'],
          properties: { file: { type: 'string', format: 'binary', description: 'The file.' } },
        },
      }
    : {}

function completed(raw: OpenApi): OpenApi {
  const document = withUsedSchemas(raw)
  const schemas = Object.fromEntries(
    Object.entries(document.components.schemas).map(([name, schema]) => [
      name,
      plainSchema(schema),
    ]),
  )
  const paths = describeOperations(document.paths)
  return withExamples({
    ...document,
    paths,
    components: { ...document.components, ...components, schemas },
  })
}
