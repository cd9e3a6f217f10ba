import { describe, expect, it } from 'vitest'
import { cache } from '../../../web/src/api/cache.ts'
import { get } from '../../../web/src/api/client.ts'
import { meQuery } from '../../../web/src/people/queries.ts'
import { session } from '../../../web/src/people/session.svelte.ts'
import { fakeApi, problem } from '../support/fake-api.ts'
import { agent, signInAs } from '../support/people.ts'

describe('the session', () => {
  it('is that of whom the API names, with the rights that it gives', async () => {
    await signInAs()
    expect(session.me?.name).toBe('Ada Agent')
    expect(session.may('ticket.work')).toBe(true)
    expect(session.may('settings.manage')).toBe(false)
    expect(cache.getQueryData(meQuery().queryKey)).toMatchObject({ id: agent.id })
  })
  it('asks to sign in when nobody is', async () => {
    fakeApi({ 'GET /me': problem(401, 'not-signed-in') })
    await session.ask()
    expect(session.state.kind).toBe('signed-out')
    expect(session.may('ticket.read')).toBe(false)
  })
  it('says that the server is not there, and does not ask to sign in for it', async () => {
    fakeApi({ 'GET /me': 'no answer' })
    await session.ask()
    expect(session.state).toMatchObject({ kind: 'unreachable', error: { code: 'no-answer' } })
  })
  it('forgets what it has shown when it ends, also in the middle of work', async () => {
    await signInAs()
    cache.setQueryData(['tickets', '7', {}], { subject: 'Secret' })
    fakeApi({ 'GET /tags': problem(401, 'not-signed-in') })
    await get('/tags').catch(() => undefined)
    expect(session.state.kind).toBe('signed-out')
    expect(cache.getQueryData(['tickets', '7', {}])).toBeUndefined()
  })
  it('begins with nothing of whoever was there before', async () => {
    await signInAs()
    cache.setQueryData(['tickets', '7', {}], { subject: 'Secret' })
    const api = fakeApi({
      'POST /session': { body: agent },
      'GET /me': { body: { ...agent, name: 'Ben' } },
    })
    await session.signIn('ben@desk.example', 'correct horse')
    expect(api.asked[0]?.body).toEqual({
      email: 'ben@desk.example',
      password: 'correct horse',
      language: 'en',
    })
    expect(session.me?.name).toBe('Ben')
    expect(cache.getQueryData(['tickets', '7', {}])).toBeUndefined()
  })
})
