import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { outcomeOf } from '../../domain/outcome.ts'

const words = JSON.parse(
  readFileSync(new URL('../../languages/en/server/problems.json', import.meta.url), 'utf8'),
) as { problem: Record<string, string> }

describe('what is known after an error', () => {
  it('is what its sentence says: whoever reads that nothing was changed may do it again', () => {
    const said = Object.entries(words.problem).filter(([, text]) =>
      text.includes('Nothing was changed'),
    )
    assert.ok(said.length >= 4)
    for (const [code] of said) assert.equal(outcomeOf(503, code), 'unchanged', code)
  })
  it('is nothing, without an answer, or by one that is not of Guichet or does not say it', () => {
    for (const [status, code] of [
      [0, 'no-answer'],
      [502, 'server-trouble'],
      [500, 'server-error'],
      [503, 'temporal-unreachable'],
      [503, 'http-503'],
      [409, 'request-under-way'],
      [409, 'done-already'],
    ] as const)
      assert.equal(outcomeOf(status, code), 'unknown', code)
  })
  it('is that nothing was done, by a refusal', () => {
    for (const [status, code] of [
      [400, 'request-invalid'],
      [409, 'tasks-open'],
      [422, 'reply-without-recipient'],
      [429, 'too-many-requests'],
    ] as const)
      assert.equal(outcomeOf(status, code), 'unchanged', code)
  })
})
