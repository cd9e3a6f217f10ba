import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { describe, it } from 'node:test'
import { problemBody, refusedBy } from '../../../api/http/problem.ts'
import {
  problemCode,
  refusalValues,
  type RefusalWithValues,
} from '../../../domain/problem-codes.ts'
import { languages } from '../../../languages/language.ts'
import { refusalIn } from '../../../application/tickets/refusal-sentence.ts'

const codes = Object.keys(refusalValues) as RefusalWithValues[]
const valuesFor = (code: RefusalWithValues): Record<string, string> =>
  Object.fromEntries(
    refusalValues[code].map((name, at) => [name, name === 'context' ? 'approved' : `Value ${at}`]),
  )

describe('a refusal', () => {
  for (const language of languages)
    it(`names what it is about, and does without where that is not known (${language})`, () => {
      for (const code of codes) {
        const values = valuesFor(code)
        const sentence = refusalIn(language, { code, message: '', values })
        for (const [name, value] of Object.entries(values))
          if (name !== 'context') assert.ok(sentence.includes(value), `${code}: ${sentence}`)
        const [first = ''] = Object.keys(values)
        const { [first]: _, ...rest } = values
        const general = refusalIn(language, { code, message: '', values: rest })
        assert.equal(general, refusalIn(language, { code, message: '' }), code)
        assert.doesNotMatch(general, /\{\{|undefined/)
      }
      for (const code of problemCode.options)
        assert.notEqual(refusalIn(language, { code, message: '' }), '', code)
    })

  it('is answered at once with the values and the sentence that are told later', () => {
    for (const code of codes) {
      const values = valuesFor(code)
      const body = problemBody(refusedBy({ code, message: 'Said by the rule.', values }, 409))
      assert.deepEqual(body.values, values)
      assert.equal(body.detail, refusalIn('en', { code, message: '', values }))
    }
    const plain = problemBody(refusedBy({ code: 'task-circle', message: 'As it is said.' }, 422))
    assert.deepEqual([plain.detail, 'values' in plain], ['As it is said.', false])
  })

  it('is handed on whole: nowhere its code and message without its values', () => {
    const partly = ['api', 'application']
      .flatMap((room) =>
        fs
          .readdirSync(room, { recursive: true, encoding: 'utf8' })
          .map((file) => path.join(room, file)),
      )
      .filter((file) => file.endsWith('.ts'))
      .filter((file) =>
        /\b(\w+)\.code,\s*\1\.message\b(?!,\s*\1\.values)/.test(fs.readFileSync(file, 'utf8')),
      )
    assert.deepEqual(partly, [])
  })
})
