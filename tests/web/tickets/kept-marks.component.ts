import fs from 'node:fs'
import { screen } from '@testing-library/svelte'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type AskedKind, askedKinds } from '../../../domain/asked.ts'
import { keptCommands } from '../../../web/src/api/kept.svelte.ts'
import { registry } from '../../../web/src/area.ts'
import TaskPanel from '../../../web/src/tasks/TaskPanel.svelte'
import TicketCard from '../../../web/src/tickets/TicketCard.svelte'
import TicketHead from '../../../web/src/tickets/TicketHead.svelte'
import TicketRow from '../../../web/src/tickets/TicketRow.svelte'
import TicketTabs from '../../../web/src/tickets/TicketTabs.svelte'
import { panelKinds } from '../../../web/src/tickets/panel-kinds.ts'
import { registerAreas } from '../support/all-areas.ts'
import { fakeApi } from '../support/fake-api.ts'
import { agent, signInAs } from '../support/people.ts'
import { show } from '../support/show.ts'
import { summary, ticket } from '../support/tickets.ts'

const at = '2026-11-24T09:00:00.000Z'
const waits = (...kinds: AskedKind[]) =>
  keptCommands.learn(
    7,
    kinds.map((what) => ({
      id: what,
      at,
      by: { id: 'max', name: 'Max' },
      asked: [{ what }],
      on: null,
    })),
  )

beforeEach(() => {
  registerAreas()
  void signInAs()
  fakeApi({
    'GET /tickets/7/tasks': {
      body: { items: [], next: null, minutes: 0, billableMinutes: 0, runningClocks: [] },
    },
  })
})
afterEach(() => keptCommands.clear())

describe('what is kept of a ticket', () => {
  const marked = () =>
    screen.getAllByRole('tab').flatMap((tab) => (/Kept:/.test(tab.textContent) ? tab.id : []))
  it.each([
    ['recordTime', 'tab-tasks'],
    ['stopClock', 'tab-tasks'],
    ['finishTask', 'tab-tasks'],
    ['addNote', 'tab-conversation'],
    ['approve', 'tab-approvals'],
    ['orderPurchase', 'tab-approvals'],
  ] as const)('marks the section in which it is shown: %s', (kind, tab) => {
    waits(kind)
    show(TicketTabs, { number: 7, tab: registry.tabs[0]!, onchange: () => {} })
    expect(marked()).toEqual([tab])
  })
  it('marks no section, when it is shown among the properties or above', () => {
    waits('setPriority', 'linkAsset', 'merge')
    show(TicketTabs, { number: 7, tab: registry.tabs[0]!, onchange: () => {} })
    expect(marked()).toEqual([])
  })
  it.each([
    [true, false, ['setPriority']],
    [true, false, ['linkAsset', 'addNote']],
    [false, false, ['addNote', 'merge']],
    [false, true, ['setPriority']],
  ] as const)(
    'marks the button of the properties (%s) unless they are shown',
    (mark, panel, kinds) => {
      waits(...kinds)
      const rest = { onpanel: () => {}, onclose: () => {}, onstep: () => {} }
      show(TicketHead, { ticket, panel, ...rest })
      const button = screen.getByRole('button', { name: /Properties|panel/i })
      expect(/Kept:/.test(button.parentElement?.textContent ?? '')).toBe(mark)
    },
  )
  it('of its time stands with the sum of it', async () => {
    waits('recordTime', 'stopClock', 'finishTask')
    show(TaskPanel, { ticket })
    await screen.findByText('Record time worked')
    expect(screen.getByText('Stop time tracking on the ticket')).toBeTruthy()
  })
  it('is shown somewhere, whatever it is', () => {
    const inSections = registry.tabs.flatMap(({ kept = [] }) => kept)
    expect(new Set(inSections).size).toBe(inSections.length)
    const components = fs
      .readdirSync('web/src', { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.svelte'))
      .map((file) => fs.readFileSync(`web/src/${file}`, 'utf8'))
      .join('')
    const nowhere = askedKinds.filter(
      (kind) => panelKinds().includes(kind) && !components.includes(`'${kind}'`),
    )
    expect(nowhere).toEqual([])
  })
})

describe('a line of the list', () => {
  const line = {
    filter: {},
    opened: false,
    at: false,
    selected: false,
    selecting: false,
    height: 50,
  }
  it.each([
    ['row', TicketRow],
    ['card', TicketCard],
  ] as const)('is marked while something is kept of its ticket (%s)', (_, Line) => {
    const given = { ...line, touch: false, onselect: () => {} }
    keptCommands.add(
      { ticketNumber: 8, commandId: 'c' },
      { method: 'patch', address: '/tickets/8', fields: [] },
    )
    const updatedAt = at
    show(Line, {
      ...given,
      ticket: { ...summary(7), updatedAt, hasKeptCommands: true, owner: agent },
    })
    show(Line, { ...given, ticket: { ...summary(8), updatedAt, hasKeptCommands: false } })
    show(Line, { ...given, ticket: { ...summary(9), updatedAt, hasKeptCommands: false } })
    const names = screen.getAllByRole('link').map((link) => link.getAttribute('aria-label') ?? '')
    expect(names.map((name) => name.includes('something is kept'))).toEqual([true, true, false])
    expect(screen.getAllByTitle(/^Kept:/)).toHaveLength(2)
  })
})
