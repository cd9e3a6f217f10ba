import { beforeEach, describe, expect, it, vi } from 'vitest'
import { post, patch } from '../../../web/src/api/client.ts'
import { keptCommands } from '../../../web/src/api/kept.svelte.ts'
import { ApiError } from '../../../web/src/api/problem.ts'
import { fakeApi, kept } from '../support/fake-api.ts'
import { agent, signInAs } from '../support/people.ts'

const keepOne = (): Promise<unknown> => {
  fakeApi({ 'POST /tickets/7/notes': kept })
  return post('/tickets/{number}/notes', {
    params: { path: { number: 7 } },
    body: { text: 'Among us' },
  }).catch((error: unknown) => error)
}

beforeEach(() => signInAs())

describe('what is kept', () => {
  it('fails as such, and is remembered by what it asked and of which ticket', async () => {
    const error = await keepOne()
    expect(error).toBeInstanceOf(ApiError)
    expect((error as ApiError).kept?.commandId).toBe('c')
    expect(keptCommands.own).toMatchObject([
      { id: 'c', number: 7, method: 'post', address: '/tickets/7/notes', owner: agent.id },
    ])
  })
  it('is found below the address of what it is about, and not beside it', async () => {
    await keepOne()
    expect(keptCommands.under('/tickets/7')).toHaveLength(1)
    expect(keptCommands.under('/tickets/7/notes')).toHaveLength(1)
    expect(keptCommands.under('/tickets/7/note')).toEqual([])
    expect(keptCommands.under('/tickets/70')).toEqual([])
  })
  it('is remembered once, when it is asked a second time', async () => {
    await keepOne()
    await keepOne()
    expect(keptCommands.own).toHaveLength(1)
  })
  it('is still known when the page is loaded anew, to its own person', async () => {
    await keepOne()
    keptCommands.show('c', { text: 'Among us' })
    vi.resetModules()
    const { keptCommands: anew } = await import('../../../web/src/api/kept.svelte.ts')
    expect(anew.own, 'before it is known whose page it is').toEqual([])
    anew.belongTo(agent.id)
    expect(anew.own).toMatchObject([{ id: 'c', shown: { text: 'Among us' } }])
  })
  it('is nobody else’s', async () => {
    await keepOne()
    keptCommands.belongTo('somebody else')
    expect([keptCommands.own, keptCommands.under('/tickets/7')]).toEqual([[], []])
  })
  it('is forgotten once it is dropped', async () => {
    await keepOne()
    keptCommands.drop('c')
    expect(keptCommands.own).toEqual([])
    expect(sessionStorage.getItem('guichet.kept')).toBe('[]')
  })
  it('says which properties it is to change', async () => {
    fakeApi({ 'PATCH /tickets/7': kept })
    await patch('/tickets/{number}', {
      params: { path: { number: 7 } },
      body: { priority: 'high', ownerId: null },
    }).catch(() => undefined)
    expect(keptCommands.own[0]?.fields).toEqual(['priority', 'ownerId'])
  })
})
