import { fireEvent, screen, waitFor } from '@testing-library/svelte'
import { beforeEach, describe, expect, it } from 'vitest'
import { cache } from '../../../web/src/api/cache.ts'
import { keptCommands } from '../../../web/src/api/kept.svelte.ts'
import TagsRow from '../../../web/src/tickets/TagsRow.svelte'
import { ticketQuery } from '../../../web/src/tickets/queries.ts'
import { fakeApi, kept, problem, whole } from '../support/fake-api.ts'
import { agent, signInAs } from '../support/people.ts'
import { show } from '../support/show.ts'
import { ticket } from '../support/tickets.ts'

const tags = () => cache.getQueryData(ticketQuery(7).queryKey)?.tags
const tagged = { ...ticket, tags: ['printer'] }

async function add(tag: string): Promise<void> {
  show(TagsRow, { ticket: tagged })
  cache.setQueryData(ticketQuery(7).queryKey, tagged)
  await fireEvent.input(screen.getByRole('combobox'), { target: { value: tag } })
  await fireEvent.submit(screen.getByRole('combobox').closest('form')!)
}

beforeEach(() => signInAs())

describe('a tag', () => {
  it('that is kept for later is marked, and the next one begins with it', async () => {
    const api = fakeApi({ 'GET /tags': whole([]), 'PUT /tickets/7/tags': kept })
    await add('Toner')
    await waitFor(() => expect(keptCommands.under('/tickets/7/tags')).toHaveLength(1))
    expect(api.of('PUT /tickets/7/tags')[0]?.body).toEqual({ tags: ['printer', 'toner'] })
    keptCommands.learn(7, [
      {
        id: 'c',
        at: '2026-11-24T09:00:00.000Z',
        by: { id: agent.id, name: agent.name },
        asked: [{ what: 'setTags', value: 'printer, toner' }],
        on: null,
      },
    ])
    await screen.findByText('→ printer, toner')
    await fireEvent.input(screen.getByRole('combobox'), { target: { value: 'urgent' } })
    await fireEvent.submit(screen.getByRole('combobox').closest('form')!)
    await waitFor(() =>
      expect(api.of('PUT /tickets/7/tags').at(-1)?.body).toEqual({
        tags: ['printer', 'toner', 'urgent'],
      }),
    )
  })
  it('that is refused is taken back', async () => {
    fakeApi({ 'GET /tags': whole([]), 'PUT /tickets/7/tags': problem(409, 'tags-too-many') })
    await add('Toner')
    await waitFor(() => expect(tags()).toEqual(['printer']))
    expect(keptCommands.own).toEqual([])
  })
})
