import { fireEvent, screen } from '@testing-library/svelte'
import { beforeEach, expect, it } from 'vitest'
import Properties from '../../../web/src/tickets/Properties.svelte'
import TicketCard from '../../../web/src/tickets/TicketCard.svelte'
import TicketRow from '../../../web/src/tickets/TicketRow.svelte'
import { fakeApi, whole } from '../support/fake-api.ts'
import { signInAs } from '../support/people.ts'
import { button, show } from '../support/show.ts'
import { summary, ticket } from '../support/tickets.ts'

const nobody = { email: '', name: '' }
const updatedAt = '2026-11-24T09:30:00.000Z'
const row = {
  filter: { view: 'all' },
  height: 60,
  onselect: () => {},
  ...{ opened: false, at: false, selected: false, selecting: false, touch: false },
}
const shown = { ...ticket, participants: [] }

beforeEach(() => {
  void signInAs()
  fakeApi({ 'GET /departments': whole([]), 'GET /categories': whole([]) })
})

for (const [name, List] of Object.entries({ TicketRow, TicketCard }))
  for (const subject of ['', '\u200b \u200d'])
    it(`a ticket without a subject, of nobody, has words for both in a list: ${name}, ${JSON.stringify(subject)}`, () => {
      show(List, { ...row, ticket: { ...summary(7), subject, requester: nobody, updatedAt } })
      expect(screen.getByText('(no subject)')).toBeTruthy()
      expect(screen.getByText('Unknown sender')).toBeTruthy()
      expect(screen.getByRole('link').getAttribute('aria-label')).toMatch(
        /#7, \(no subject\), Unknown sender/,
      )
    })

it('whoever wrote without an address has no page and no other tickets', () => {
  show(Properties, { ticket: { ...shown, requester: nobody } })
  expect(screen.getByText('Unknown sender')).toBeTruthy()
  expect(screen.queryByRole('link', { name: /All tickets of this requester/ })).toBeNull()
})

it('many who take part are folded, and all there when asked for', async () => {
  const participants = Array.from({ length: 200 }, (_, at) => `c${at}@many.example`)
  show(Properties, { ticket: { ...shown, participants } })
  const named = () => screen.getByRole('list', { name: 'Also take part' }).children.length
  expect(named()).toBe(5)
  await fireEvent.click(button('and 195 more'))
  expect(named()).toBe(200)
  await fireEvent.click(button('Show fewer'))
  expect(named()).toBe(5)
})
