import assert from 'node:assert/strict'
import { type Problem, problem } from '../../../domain/contract.ts'
import type { Answer } from '../../harness/api-client.ts'

/**
 * Every error has this form (RFC 9457), whatever it is about.
 * @param pointer of the field that it names.
 * @returns its body.
 */
export function assertProblem(
  answer: Answer<unknown>,
  status: number,
  code?: string,
  pointer?: string,
): Problem {
  assert.equal(answer.status, status, JSON.stringify(answer.body))
  assert.match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/)
  const body = problem.strict().parse(answer.body)
  assert.equal(body.status, status)
  assert.match(body.type, /^urn:guichet:problem:[a-z0-9-]+$/)
  assert.match(body.detail, /^[“A-Za-z][^]*[.)]$|: /, 'a sentence for people')
  if (code !== undefined) assert.equal(body.code, code)
  if (pointer !== undefined)
    assert.deepEqual(
      body.errors?.map((one) => one.pointer),
      [pointer],
    )
  return body
}
