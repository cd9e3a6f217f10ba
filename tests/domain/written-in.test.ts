import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { z } from 'zod'
import { commands } from '../../domain/areas.ts'
import { commandNames } from '../../domain/command-schema.ts'
import type { CommandName } from '../../domain/commands.ts'
import { isOfPeople, notWritten, writtenFields, writtenIn } from '../../domain/written-in.ts'
import { arbitraryOf } from './arbitrary.ts'
import { outgoing, uuid } from './given.ts'

/** Commands that people send: what only Guichet asks has no words of a person. */
const ofPeople = commandNames.filter(isOfPeople)

/**
 * Text in commands that is no person's own: names, addresses and keys of what is known already, one
 * of a closed list, first words of what is written down in a row of its own.
 */
const others = [
  /(^|\.)(preview|email|key|currency|quantity|unitPrice|from|ip|template|notAssigned|acknowledgement\.to)$/,
  /^(to|approver|fromSubject)$/,
  /^(location|department|category|owner|watcher|watchers|assignee|person|asset|rule|requester|from|to|deputy|value)\.name$/,
  /^(requiredFields|documents|steps)\.name$/,
  /^(stages\.approvers|approval\.stages\.approvers|approval\.deputy|message\.from)\.name$/,
  /^(link|blockers)\.subject$/,
  /^document\.title$/,
  // What the other ticket answered, and to whom.
  /^refusal\./,
]

describe('what a person writes with a command', () => {
  it('is known of each of its text fields: a new one fails here until somebody says which it is', () => {
    const unclear = ofPeople.flatMap((name) =>
      [...textFields(name)]
        .filter((field) => !isWritten(name, field) && !others.some((one) => one.test(field)))
        .filter((field) => !notWritten[name]?.includes(field))
        .filter((field) => !(name === 'setField' && field === 'name'))
        .map((field) => `${name}: ${field}`),
    )
    assert.deepEqual(unclear, [])
    const known = new Set(
      ofPeople.flatMap((name) => [...textFields(name)].filter((field) => isWritten(name, field))),
    )
    assert.deepEqual(
      [...writtenFields].filter((field) => !known.has(field)),
      [],
      'fields that no command has',
    )
  })

  it('is all of it found, whatever it is', () => {
    for (const name of ofPeople)
      fc.assert(
        fc.property(arbitraryOf(commands[name].payload), (payload) => {
          const found = writtenIn(name, payload)?.texts.map(({ text }) => text) ?? []
          for (const field of writtenFields)
            if (isWritten(name, field))
              for (const text of at(payload, field.split('.')))
                if (text.trim() !== '') assert.ok(found.includes(text), `${name}: ${field}`)
        }),
        { numRuns: 30 },
      )
  })

  it('is found in the steps of a change, and not in what follows from it by itself', () => {
    const steps = [
      { name: 'changeSubject', payload: { subject: 'Printer of Anna' } },
      { name: 'changeStatus', payload: { status: 'solved', overrideReason: 'It is gone.' } },
      { name: 'addTask', payload: { taskId: uuid(), title: 'Of its category' }, optional: true },
    ]
    assert.deepEqual(writtenIn('changeProperties', { steps })?.texts, [
      { field: 'subject', text: 'Printer of Anna' },
      { field: 'overrideReason', text: 'It is gone.' },
    ])
  })

  it('is found where it was written down before the command', () => {
    const reply = outgoing()
    assert.equal(writtenIn('reply', reply)?.messageId, reply.messageId)
    const noteId = uuid()
    assert.equal(writtenIn('addNote', { noteId, preview: 'x' })?.noteId, noteId)
    assert.equal(writtenIn('retryMessage', { messageId: uuid() }), null)
    assert.equal(writtenIn('changePriority', { priority: 'high' }), null)
    assert.equal(writtenIn('nothing of ours', {}), null)
  })
})

const isWritten = (name: CommandName, field: string): boolean =>
  writtenFields.has(field) && !notWritten[name]?.includes(field)

/** All texts that lie on a way in a payload. */
function at(value: unknown, way: readonly string[]): string[] {
  if (Array.isArray(value)) return value.flatMap((one) => at(one, way))
  const [key, ...rest] = way
  if (key === undefined) return typeof value === 'string' ? [value] : []
  if (typeof value !== 'object' || value === null) return []
  return at((value as Record<string, unknown>)[key], rest)
}

interface Schema {
  anyOf?: Schema[]
  oneOf?: Schema[]
  type?: string
  format?: string
  pattern?: string
  enum?: unknown[]
  const?: unknown
  items?: Schema
  properties?: Record<string, Schema>
}

/** Ways to all that is free text in a command's payload. */
function textFields(name: CommandName): Set<string> {
  const found = new Set<string>()
  const look = (schema: Schema, way: readonly string[]): void => {
    for (const one of schema.anyOf ?? schema.oneOf ?? []) look(one, way)
    if (schema.items) look(schema.items, way)
    for (const [key, one] of Object.entries(schema.properties ?? {})) look(one, [...way, key])
    const isFree =
      schema.type === 'string' &&
      !['format', 'pattern', 'enum', 'const'].some((limit) => limit in schema)
    if (isFree) found.add(way.join('.'))
  }
  look(
    z.toJSONSchema(commands[name].payload, {
      io: 'input',
      unrepresentable: 'any',
      reused: 'inline',
    }) as Schema,
    [],
  )
  return found
}
