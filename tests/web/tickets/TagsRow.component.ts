import { fireEvent, screen, waitFor } from '@testing-library/svelte'
import { beforeEach, describe, expect, it } from 'vitest'
import { cache } from '../../../web/src/api/cache.ts'
import { keptCommands } from '../../../web/src/api/kept.svelte.ts'
import TagsRow from '../../../web/src/tickets/TagsRow.svelte'
import { ticketQuery } from '../../../web/src/tickets/queries.ts'
import { fakeApi, kept, problem, whole } from '../support/fake-api.ts'
import { signInAs } from '../support/people.ts'
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
  it('that is kept for later stays shown', async () => {
    const api = fakeApi({ 'GET /tags': whole([]), 'PUT /tickets/7/tags': kept })
    await add('Toner')
    await waitFor(() => expect(keptCommands.under('/tickets/7/tags')).toHaveLength(1))
    expect(api.of('PUT /tickets/7/tags')[0]?.body).toEqual({ tags: ['printer', 'toner'] })
    expect(tags()).toEqual(['printer', 'toner'])
  })
  it('that is refused is taken back', async () => {
    fakeApi({ 'GET /tags': whole([]), 'PUT /tickets/7/tags': problem(409, 'tags-too-many') })
    await add('Toner')
    await waitFor(() => expect(tags()).toEqual(['printer']))
    expect(keptCommands.own).toEqual([])
  })
})
