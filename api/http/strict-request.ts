import type { FastifyInstance, FastifyRequest, FastifySchemaCompiler } from 'fastify'
import { validatorCompiler } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { ProblemError } from './problem.ts'

/**
 * Validates requests. In a body and in a query, at any depth, a field that the schema does not name
 * is refused: a misspelt one would otherwise be dropped in silence.
 */
export const strictValidator: FastifySchemaCompiler<z.ZodType> = ({ schema, ...route }) =>
  validatorCompiler({
    ...route,
    schema: route.httpPart === 'body' || route.httpPart === 'querystring' ? strict(schema) : schema,
  })

/** Refuses a query or a body where the route describes none. */
export function refuseUndescribed(app: FastifyInstance): void {
  app.addHook('preValidation', async (request) => {
    const { schema } = request.routeOptions
    if (!schema?.body && hasUnreadBody(request)) throw noBodyTaken(request.method)
    const unknown = [
      ...(schema?.querystring ? [] : fieldsOf(request.query).map((name) => `/query/${name}`)),
      ...(schema?.body ? [] : bodyFields(request).map((name) => `/${name}`)),
    ]
    if (unknown.length)
      throw new ProblemError(
        400,
        'request-invalid',
        `${unknown.join(', ').replaceAll(/(^|, )\//g, '$1')}: ${NONE}`,
        {
          errors: unknown.map((pointer) => ({ pointer, message: NONE, code: 'unknown' as const })),
        },
      )
  })
}

/** A body that is not read for this method, or has no field by which it could be named. */
const hasUnreadBody = ({ method, headers, body, routeOptions }: FastifyRequest): boolean =>
  ['GET', 'HEAD'].includes(method)
    ? Number(headers['content-length'] ?? 0) > 0 || headers['transfer-encoding'] !== undefined
    : !routeOptions.schema?.consumes &&
      body !== undefined &&
      body !== null &&
      (typeof body !== 'object' || Array.isArray(body))

function noBodyTaken(method: string): ProblemError {
  const message = `${method} takes no body at this address. Leave it out.`
  return new ProblemError(400, 'request-invalid', message, {
    errors: [{ pointer: '', message, code: 'unknown' }],
  })
}

const NONE = 'is not known here: nothing is taken.'

/** Without those of a form, which whoever reads it looks at. */
const bodyFields = ({ routeOptions, body }: FastifyRequest): string[] =>
  routeOptions.schema?.consumes?.includes('multipart/form-data') ? [] : fieldsOf(body)

const fieldsOf = (value: unknown): string[] =>
  typeof value === 'object' && value !== null ? Object.keys(value) : []

const made = new WeakMap<z.core.$ZodType, z.core.$ZodType>()

/** @returns the same schema, whose objects take no further fields; those that say so themselves stay. */
export function strict<S extends z.core.$ZodType>(schema: S): S {
  const known = made.get(schema)
  if (known) return known as S
  const built = rebuilt(schema)
  made.set(schema, built)
  return built as S
}

function rebuilt(schema: z.core.$ZodType): z.core.$ZodType {
  const { def } = (schema as z.core.$ZodTypes)._zod
  switch (def.type) {
    case 'object':
      return strictObject(schema, def)
    case 'array':
      return withParts(schema, def, { element: strict(def.element) })
    case 'optional':
    case 'nullable':
    case 'nonoptional':
    case 'default':
    case 'prefault':
    case 'catch':
    case 'readonly':
      return withParts(schema, def, { innerType: strict(def.innerType) })
    case 'union':
      return z.core.clone(schema, { ...def, options: def.options.map(strict) } as never)
    case 'record':
      return withParts(schema, def, { valueType: strict(def.valueType) })
    case 'pipe':
      return withParts(schema, def, { in: strict(def.in), out: strict(def.out) })
    default:
      return schema
  }
}

function strictObject(schema: z.core.$ZodType, def: z.core.$ZodObjectDef): z.core.$ZodType {
  const shape = Object.fromEntries(
    Object.entries(def.shape).map(([name, field]) => [name, strict(field)]),
  )
  const names = Object.keys(shape).join(', ')
  return z.core.clone(schema, {
    ...def,
    shape,
    catchall: def.catchall ?? z.never(),
    error: (issue: z.core.$ZodRawIssue) =>
      issue.code === 'unrecognized_keys'
        ? `is not known here. Known are: ${names}.`
        : def.error?.(issue as never),
  } as never)
}

/** A schema none of whose parts changed stays the very same. */
function withParts<D extends z.core.$ZodTypeDef>(
  schema: z.core.$ZodType,
  def: D,
  parts: Partial<Record<keyof D, z.core.$ZodType>>,
): z.core.$ZodType {
  const isSame = Object.entries(parts).every(([name, part]) => def[name as keyof D] === part)
  return isSame ? schema : z.core.clone(schema, { ...def, ...parts } as never)
}
