import { openApiDocument } from '../../../api/openapi.ts'

/** An operation of the API's description, with the examples that it gives. */
export interface DescribedOperation {
  operationId: string
  method: string
  /** Under /api/v1, with an example in the place of each parameter. */
  path: string
  template: string
  body: unknown
  /** The query parameters that it needs. */
  query: [name: string, value: string][]
  isUpload: boolean
  /** What it makes is answered with 201. */
  makesSomething: boolean
  isPublic: boolean
}

interface Described {
  operationId: string
  security: unknown[]
  parameters?: { name: string; in: string; required?: boolean; example?: unknown }[]
  responses: Record<string, unknown>
  requestBody?: { content: Record<string, { example?: unknown }> }
}

/** @returns every operation under /api/v1 but those of probes, which answer whoever asks. */
export const describedOperations = async (): Promise<DescribedOperation[]> =>
  (await everyOperation()).filter(({ template }) => !/^\/(healthz|readyz|metrics)$/.test(template))

/** @returns every operation under /api/v1. */
export async function everyOperation(): Promise<DescribedOperation[]> {
  const { paths } = (await openApiDocument()) as {
    paths: Record<string, Record<string, Described>>
  }
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) =>
      withExamples(path.slice('/api/v1'.length), method, operation),
    ),
  )
}

function withExamples(template: string, method: string, described: Described): DescribedOperation {
  const { operationId, security, parameters = [], requestBody, responses } = described
  const example = (name: string) =>
    encodeURIComponent(String(parameters.find((one) => one.name === name)?.example))
  return {
    operationId,
    method: method.toUpperCase(),
    path: template.replace(/\{(\w+)\}/g, (_all, name: string) => example(name)),
    template,
    body: requestBody?.content['application/json']?.example,
    query: parameters
      .filter((one) => one.in === 'query' && one.required)
      .map((one) => [one.name, String(one.example)]),
    isUpload: requestBody?.content['multipart/form-data'] !== undefined,
    makesSomething: '201' in responses,
    isPublic: security.length === 0,
  }
}
