import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { z } from 'zod'
import { asked, askedKinds } from '../../domain/asked.ts'
import { askedOf, isTold } from '../../domain/asked-of.ts'
import { commands } from '../../domain/areas.ts'
import { commandNames } from '../../domain/command-schema.ts'
import type { CommandName, CommandPayload } from '../../domain/commands.ts'
import { unopenedTicket } from '../../domain/apply.ts'
import { NO_CUSTOM_LABELS } from '../../languages/custom-labels.ts'
import { languages } from '../../languages/language.ts'
import { askedIn } from '../../activities/notifications/asked.ts'
import { arbitraryOf } from './arbitrary.ts'
import { wellFormedText } from '../../domain/well-formed-text.ts'
import { IT, openedTicket, SAM, uuid, when } from './given.ts'

const taskId = uuid()
const ticket = openedTicket((t) =>
  when(t, 'addTask', {
    taskId,
    title: 'Order the cable',
    assignee: null,
    dueAt: null,
    required: false,
    after: [],
    checklist: [],
    template: null,
  }),
)
const what = <N extends CommandName>(name: N, payload: CommandPayload<N>) =>
  askedOf(ticket, name, payload)

describe('what a command asks', () => {
  it('names the field and the value', () => {
    assert.deepEqual(what('changeStatus', { status: 'solved', reason: 'agent' }), [
      { what: 'setStatus', value: 'solved' },
    ])
    assert.deepEqual(what('changeOwner', { owner: SAM }), [{ what: 'setOwner', value: 'Sam' }])
    assert.deepEqual(what('changeOwner', { owner: null }), [{ what: 'removeOwner' }])
    assert.deepEqual(what('setField', { fieldId: uuid(), name: 'Room', value: 12 }), [
      { what: 'setField', name: 'Room', value: '12' },
    ])
  })

  it('names the task that it is about, as the ticket knows it', () => {
    assert.deepEqual(what('finishTask', { taskId }), [
      { what: 'finishTask', name: 'Order the cable' },
    ])
    assert.deepEqual(
      what('changeTask', { taskId, title: 'Order two', dueAt: '2026-12-01T08:00:00.000Z' }),
      [
        { what: 'renameTask', name: 'Order the cable', value: 'Order two' },
        { what: 'setTaskDue', name: 'Order the cable', value: '2026-12-01T08:00:00.000Z' },
      ],
    )
  })

  it('names each part of a change of several properties, and not what follows by itself', () => {
    const steps = [
      { name: 'changeDepartment', payload: { department: IT } },
      { name: 'changePriority', payload: { priority: 'high' } },
      { name: 'finishTask', payload: { taskId }, optional: true },
      { name: 'changePriority', payload: { priority: 'low' }, bySystem: true },
    ]
    assert.deepEqual(what('changeProperties', { steps }), [
      { what: 'setDepartment', value: 'IT' },
      { what: 'setPriority', value: 'high' },
    ])
  })

  it('is nothing where nobody understands it, whatever an operator typed', () => {
    for (const name of [...Object.keys(commands), 'noSuchCommand', 'toString'])
      for (const payload of [null, undefined, 7, 'x', [], {}, { steps: [{ name, payload: null }] }])
        assert.ok(Array.isArray(askedOf(unopenedTicket(7), name, payload)), name)
    const nested = { steps: [{ name: 'changeProperties', payload: { steps: [] } }] }
    assert.deepEqual(what('changeProperties', nested), [])
  })

  const unfilled = /\{\{|undefined|null/

  it('is told of whatever the command says, and never fails', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...commandNames).chain((name) =>
          fc.record({
            name: fc.constant(name),
            payload: arbitraryOf(commands[name].payload as z.ZodType),
          }),
        ),
        ({ name, payload }) => {
          for (const one of askedOf(ticket, name, payload)) {
            // What people wrote themselves may read like what is looked for.
            if (unfilled.test(`${one.name ?? ''} ${one.value ?? ''}`)) continue
            assert.ok(asked.safeParse(one).success)
            for (const language of languages) {
              const text = askedIn(language, one, NO_CUSTOM_LABELS)
              assert.ok(text !== `asked.${one.what}` && !unfilled.test(text), text)
            }
          }
        },
      ),
      { numRuns: 500 },
    )
  })

  it('is short, and text that the database takes', () => {
    const [one] = what('addNote', { noteId: uuid(), preview: `\uD800\0${'😀'.repeat(90)}` })
    assert.ok(one?.name && one.name.length <= 120 && wellFormedText(one.name) === one.name)
  })

  it('is told for every command that people may send, in words of every language', () => {
    const sent = commandNames.filter((name) => commands[name].right !== 'system')
    // The second steps of what is undone: another ticket's workflow sends them.
    const followUps = ['revertMerge', 'returnMessages']
    assert.deepEqual(
      sent.filter((name) => !isTold(name)),
      followUps,
    )
    for (const language of languages)
      for (const what of askedKinds) {
        const text = askedIn(
          language,
          { what, name: 'NAME', value: '2026-12-01T08:00:00.000Z' },
          NO_CUSTOM_LABELS,
        )
        assert.ok(text.trim() !== '' && !text.includes('{{') && text !== `asked.${what}`, what)
      }
  })
})
