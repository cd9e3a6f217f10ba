import swagger from '@fastify/swagger'
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'
import type { Api } from './route-schema.ts'

type Json = { [key: string]: unknown }

/**
 * Describes the API from the schemas that validate it, at /api/v1/openapi.json. Made at the first
 * request for it.
 */
export async function describeRoutes(app: Api): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Guichet',
        version: '1',
        description:
          'Self-hosted help desk: e-mail in, ticket out. Errors are problem+json (RFC 9457), lists are cursor pages `{items, next}`.',
      },
      servers: [{ url: '/' }],
      security: [{ session: [] }, { token: [] }],
      components: {
        securitySchemes: {
          session: {
            type: 'apiKey',
            in: 'cookie',
            name: 'guichet_session',
            description: 'Set by POST /api/v1/session.',
          },
          token: { type: 'http', scheme: 'bearer', description: 'Made by POST /api/v1/tokens.' },
        },
      },
    },
    transform: jsonSchemaTransform,
    transformObject: (document) => tidy(jsonSchemaTransformObject(document) as Json) as never,
  })
  let document: unknown
  app.get('/api/v1/openapi.json', { schema: { hide: true } }, (_request, reply) =>
    reply.header('cache-control', 'no-cache').send((document ??= app.swagger())),
  )
}

/**
 * The schema library describes each named schema twice, as it is taken in (`…Input`) and as it is
 * given out. Left are those that are used, and one that is only taken in has its plain name.
 */
function tidy(document: Json): Json {
  const components = document['components'] as { schemas: Record<string, Json> }
  const used = reachable(document['paths'], components.schemas)
  const plain = (name: string): string =>
    name.endsWith('Input') && !used.has(name.slice(0, -5)) ? name.slice(0, -5) : name
  const schemas = Object.fromEntries(
    Object.entries(components.schemas)
      .filter(([name]) => used.has(name))
      .map(([name, schema]) => [plain(name), schema]),
  )
  const text = JSON.stringify({
    ...document,
    components: { ...components, schemas: sorted(schemas) },
  })
  const renamed = JSON.parse(
    text.replace(
      /"#\/components\/schemas\/([^"]+)"/g,
      (_all, name: string) => `"${REF}${plain(name)}"`,
    ),
  ) as Json
  return withoutEmptyBodies(renamed)
}

const REF = '#/components/schemas/'

/** @returns the names of the schemas that the paths lead to. */
function reachable(paths: unknown, schemas: Record<string, Json>): Set<string> {
  const found = new Set<string>()
  const queue = [JSON.stringify(paths)]
  for (const text of queue) {
    for (const [, name = ''] of text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      if (found.has(name)) continue
      found.add(name)
      queue.push(JSON.stringify(schemas[name] ?? {}))
    }
  }
  return found
}

const sorted = <T>(entries: Record<string, T>): Record<string, T> =>
  Object.fromEntries(Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : 1)))

/** "No content" has no content, not a content of type null. */
function withoutEmptyBodies(document: Json): Json {
  for (const operations of Object.values(
    document['paths'] as Record<string, Record<string, { responses?: Record<string, Json> }>>,
  )) {
    for (const { responses } of Object.values(operations))
      if (responses?.['204']) delete responses['204']['content']
  }
  return document
}
