import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { rebuild } from '../../../domain/apply.ts'
import type { Ticket } from '../../../domain/ticket.ts'
import type { TicketEvent } from '../../../domain/events.ts'
import type { FieldKind } from '../../../domain/classification/custom-fields.ts'
import { SYSTEM } from '../../../domain/vocabulary.ts'
import { agent, NOW, openedTicket, outgoing, types, uuid, when } from '../given.ts'
import { customNames } from '../../../domain/classification/custom-names.ts'

const field = (name: string, kind: FieldKind = 'text') => ({ id: uuid(), name, kind })
const serial = field('Serial number')
const centre = field('Cost centre')
const set = (one: typeof serial, value: string | boolean | number | null) => (ticket: Ticket) =>
  when(ticket, 'setField', { fieldId: one.id, name: one.name, value })
const solve = (ticket: Ticket, over: object = {}) =>
  when(ticket, 'changeStatus', {
    status: 'solved',
    reason: 'agent',
    requiredFields: [serial, centre],
    ...over,
  })

describe('a required field', () => {
  it('without a value keeps a ticket from being solved or closed, and is named', () => {
    const { rejection, events } = solve(openedTicket(set(centre, 'K-7')))
    assert.equal(rejection?.code, 'fields-empty')
    assert.match(rejection.message, /“Serial number”/)
    assert.doesNotMatch(rejection.message, /Cost centre/)
    assert.deepEqual(events, [])
    assert.equal(solve(openedTicket(), { status: 'closed' }).rejection?.code, 'fields-empty')
    assert.match(solve(openedTicket()).rejection?.message ?? '', /“Serial number”, “Cost centre”/)
  })

  it('also from being solved by an answer, which then does not leave', () => {
    const ticket = openedTicket()
    const refused = when(ticket, 'reply', {
      ...outgoing(),
      status: 'solved',
      requiredFields: [serial],
    })
    assert.equal(refused.rejection?.code, 'fields-empty')
    assert.deepEqual(refused.ticket.pending, [])
    const left = when(set(serial, 'A-1')(ticket).ticket, 'reply', {
      ...outgoing(),
      status: 'solved',
      requiredFields: [serial],
    })
    assert.deepEqual(types(left), ['messageQueued', 'statusChanged'])
    assert.equal(
      'requiredFields' in (left.events[0]?.data ?? {}),
      false,
      'what was asked for is no part of what happened',
    )
    assert.deepEqual(
      types(when(ticket, 'reply', { ...outgoing(), status: 'waiting', requiredFields: [serial] })),
      ['messageQueued', 'statusChanged'],
    )
  })

  it('that is to be ticked counts when it is ticked; zero is a value', () => {
    const checked = field('Backup made', 'checkbox')
    const count = field('Devices', 'number')
    const asked = { requiredFields: [checked, count] }
    assert.match(
      solve(openedTicket(set(checked, false), set(count, 0)), asked).rejection?.message ?? '',
      /^Fill in “Backup made” first/,
    )
    assert.equal(solve(openedTicket(set(checked, true), set(count, 0)), asked).rejection, null)
  })

  it('is asked for before a reason for open tasks is, and no reason overrides it', () => {
    const withTask = openedTicket((ticket) =>
      when(ticket, 'addTask', {
        taskId: uuid(),
        title: 'Order',
        required: true,
        assignee: null,
        dueAt: null,
        checklist: [],
        after: [],
        template: null,
      }),
    )
    assert.equal(
      solve(withTask, { overrideReason: 'It is urgent.' }).rejection?.code,
      'fields-empty',
    )
    assert.equal(
      solve(set(serial, 'A-1')(set(centre, 'K-7')(withTask).ticket).ticket).rejection?.code,
      'tasks-open',
    )
  })

  it('holds up neither the closing timer, nor a merge, nor what has ended already', () => {
    const solved = when(openedTicket(), 'changeStatus', {
      status: 'solved',
      reason: 'agent',
    }).ticket
    assert.equal(
      when(solved, 'changeStatus', { status: 'closed', reason: 'timer' }, SYSTEM).ticket.status,
      'closed',
    )
    assert.equal(solve(solved, { status: 'closed' }).ticket.status, 'closed')
    assert.equal(
      when(openedTicket(), 'mergeInto', { mergeId: uuid(), into: 1002, subject: 'Other' }).ticket
        .status,
      'closed',
    )
  })
})

describe('a resolution', () => {
  it('goes into the history with the name of that time', () => {
    const resolutionNames = customNames.parse({ en: 'Third party' })
    const { events, ticket } = when(openedTicket(), 'changeStatus', {
      status: 'solved',
      reason: 'agent',
      resolution: 'third-party',
      resolutionNames,
    })
    assert.deepEqual(events[0]?.data, { from: null, to: 'third-party', names: resolutionNames })
    assert.deepEqual([ticket.resolution, ticket.resolutionNames], ['third-party', resolutionNames])
    const changed = when(ticket, 'changeResolution', { resolution: 'done' })
    assert.deepEqual(changed.events[0]?.data, { from: 'third-party', to: 'done' })
    assert.equal(changed.ticket.resolutionNames, undefined)
    assert.deepEqual(
      types(
        when(ticket, 'changeResolution', {
          resolution: 'third-party',
          resolutionNames: customNames.parse({ en: 'Renamed' }),
        }),
      ),
      [],
      'a new name is no new resolution',
    )
  })

  it('of an event from before names were kept is folded as it was', () => {
    const opened = openedTicket()
    const old: TicketEvent = {
      type: 'resolutionChanged',
      data: { from: null, to: 'not-reproducible' },
      no: opened.version + 1,
      at: NOW,
      actor: agent,
      commandId: 'old',
      ordinal: 0,
    }
    assert.equal(rebuild(opened.number, [old]).resolution, 'not-reproducible')
  })
})
