import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { refusalValues } from '../../domain/problem-codes.ts'
import { wordsOf } from '../../scripts/languages.mjs'

/** What nobody is told later: of a command that nobody understands, and of a page that answers at once. */
const ANSWERED_AT_ONCE = ['MALFORMED', "'approval-link-delegated'"]
/** Its sentence is as true without the name. */
const GENERAL = ["'approver-asks-himself'"]

const root = fileURLToPath(new URL('../../domain/', import.meta.url))
const REJECTION = /\breject\(\s*([\w'-]+),\s*`((?:\\.|[^`])*)`/g

const rejections = fs
  .readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .flatMap((file) =>
    [...fs.readFileSync(path.join(root, file), 'utf8').matchAll(REJECTION)].map(
      ([, code = '', message = '']) => ({ file, code, message }),
    ),
  )

describe('a refusal that is told later', () => {
  it('has what its message names as values, for every other language', () => {
    assert.ok(rejections.length > 30)
    const without = rejections
      .filter(({ message }) => message.includes('${'))
      .filter(({ code }) => ![...ANSWERED_AT_ONCE, ...GENERAL].includes(code))
      .filter(({ code }) => !Object.hasOwn(refusalValues, code.slice(1, -1)))
      .map(({ file, code }) => `${file}: ${code}`)
    assert.deepEqual(without, [])
  })

  it('has a sentence for its code that says all of its values', () => {
    const said = (wordsOf('en', 'server') as { refusal: Record<string, string> }).refusal
    for (const [code, values] of Object.entries(refusalValues)) {
      const names = [...(said[code] ?? '').matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name)
      assert.deepEqual(
        [...new Set(names)].sort(),
        values.filter((name) => name !== 'context').sort(),
        code,
      )
    }
    const known = Object.keys(said).map((key) => key.replace(/_(approved|refused)$/, ''))
    assert.deepEqual([...new Set(known)].sort(), Object.keys(refusalValues).sort())
  })
})
