/** As much of JSON Schema 2020-12 as zod writes. */
export interface JsonSchema {
  $ref?: string
  type?: string | string[]
  format?: string
  pattern?: string
  enum?: unknown[]
  const?: unknown
  default?: unknown
  examples?: unknown[]
  minimum?: number
  maximum?: number
  exclusiveMinimum?: number
  minItems?: number
  minLength?: number
  maxLength?: number
  required?: string[]
  properties?: Record<string, JsonSchema>
  propertyNames?: JsonSchema
  additionalProperties?: boolean | JsonSchema
  items?: JsonSchema
  anyOf?: JsonSchema[]
  oneOf?: JsonSchema[]
  allOf?: JsonSchema[]
  contentMediaType?: string
}

export interface Parameter {
  name: string
  in: 'path' | 'query' | 'header' | 'cookie'
  required?: boolean
  description?: string
  schema: JsonSchema
  example?: unknown
}

export interface MediaType {
  schema?: JsonSchema
  example?: unknown
}

export interface Response {
  $ref?: string
  description?: string
  headers?: Record<string, { $ref: string }>
  content?: Record<string, MediaType>
}

export interface Operation {
  operationId: string
  summary?: string
  description?: string
  tags?: string[]
  security?: Record<string, string[]>[]
  parameters?: (Parameter | { $ref: string })[]
  requestBody?: { required?: boolean; content: Record<string, MediaType> }
  responses: Record<string, Response>
}

export type Paths = Record<string, Record<string, Operation>>

export interface OpenApi {
  openapi: string
  info: object
  tags?: { name: string; description: string }[]
  servers?: { url: string; description: string }[]
  security?: Record<string, string[]>[]
  paths: Paths
  components: { schemas: Record<string, JsonSchema>; [kind: string]: Record<string, unknown> }
}

export const SCHEMA_REF = '#/components/schemas/'

/** @returns each operation with its method and path. */
export const operationsOf = (paths: Paths): [method: string, path: string, Operation][] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, string, Operation] => [
      method,
      path,
      operation,
    ]),
  )
