import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { z } from 'zod'
import { commands } from '../../domain/areas.ts'
import { commandNames, MALFORMED, readCommand } from '../../domain/command-schema.ts'
import { actor } from '../../domain/vocabulary.ts'

/** None of these is what a field means by its pattern, and each is longer than any needs. */
const endless = [
  ...['x', '9', ' '].map((one) => one.repeat(30_000)),
  `${'x'.repeat(30_000)}@client.example`,
]

/** What is made of others' texts, and bounded as a whole by `readCommand`. */
const bounded = /^(undoMerge\.refusal|recordDelivery\.detail)\b/

/** Every text of a schema, with where it stands. */
function* textsOf(schema: z.ZodType, path: string): Generator<[string, z.ZodType]> {
  if (schema instanceof z.ZodString) yield [path, schema]
  else if (schema instanceof z.ZodObject)
    for (const [name, field] of Object.entries(schema.shape as Record<string, z.ZodType>))
      yield* textsOf(field, `${path}.${name}`)
  else if (schema instanceof z.ZodArray) yield* textsOf(schema.element as z.ZodType, path)
  else if (schema instanceof z.ZodUnion)
    for (const option of schema.options) yield* textsOf(option as z.ZodType, path)
  else if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault
  )
    yield* textsOf(schema.unwrap() as z.ZodType, path)
  else if (schema instanceof z.ZodPipe) yield* textsOf(schema.out as z.ZodType, path)
}

const command = (over: object) => ({
  id: 'c',
  actor: { kind: 'operator', name: 'Ida' },
  payload: { priority: 'urgent' },
  ...over,
})

describe('a command, also one that an operator types,', () => {
  it('has no text without a bound', () => {
    const texts = [
      ...textsOf(actor, 'actor'),
      ...commandNames.flatMap((name) => [...textsOf(commands[name].payload, name)]),
    ]
    assert.ok(texts.length > 150, `${texts.length} texts`)
    const unbounded = texts.filter(([, schema]) =>
      endless.some((text) => {
        const { success, data } = schema.safeParse(text)
        return success && String(data).length > 1_000
      }),
    )
    assert.deepEqual(
      [...new Set(unbounded.map(([path]) => path))].filter((path) => !bounded.test(path)),
      [],
    )
  })

  it('is refused with the field that is too long, wherever it stands', () => {
    const refusalOf = (over: object) => {
      const read = readCommand('changePriority', command(over))
      return 'code' in read ? [read.code, read.message] : null
    }
    assert.equal(refusalOf({}), null)
    const sentence = (field: string) =>
      `These fields are missing, or are not as they should be: ${field}.`
    assert.deepEqual(refusalOf({ actor: { kind: 'operator', name: 'x'.repeat(201) } }), [
      MALFORMED,
      sentence('actor.name'),
    ])
    const step = { name: 'changePriority', payload: { any: ['x'.repeat(20_001)] } }
    assert.deepEqual(refusalOf({ payload: { steps: [step] } }), [
      MALFORMED,
      sentence('payload.steps.0.payload.any.0'),
    ])
  })

  it('that holds nothing readable is refused', () => {
    for (const raw of [undefined, null, 'urgent', [], { undecodable: true }]) {
      const read = readCommand('changePriority', raw)
      assert.equal('code' in read && read.code, MALFORMED)
    }
  })
})
