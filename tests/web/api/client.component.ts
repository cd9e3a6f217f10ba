import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { del, get, onSignedOut, patch, post } from '../../../web/src/api/client.ts'
import { ApiError, inWords } from '../../../web/src/api/problem.ts'
import { urlOf } from '../../../web/src/api/url.ts'
import { t } from '../../../web/src/language/language.svelte.ts'
import { fakeApi, problem, refused } from '../support/fake-api.ts'

const note = (text: string) =>
  post('/tickets/{number}/notes', { params: { path: { number: 7 } }, body: { text } })
const keys = (api: ReturnType<typeof fakeApi>): (string | null)[] =>
  api.asked.map(({ headers }) => headers.get('idempotency-key'))

describe('a request', () => {
  it('fills its path, and leaves out parameters that hold nothing', async () => {
    const api = fakeApi({ 'GET /tickets': { body: { items: [], next: null, total: 0 } } })
    await get('/tickets', { params: { query: { q: '', status: ['new', 'open'], limit: 5 } } })
    expect(api.asked[0]?.path).toBe('/tickets?status=new&status=open&limit=5')
  })
  it('is nothing when there is no content', async () => {
    fakeApi({ 'DELETE /tokens/t%2F1': { status: 204 } })
    expect(await del('/tokens/{id}', { params: { path: { id: 't/1' } } })).toBeUndefined()
  })
  it('fails with the problem that the API tells, field by field', async () => {
    fakeApi({
      'POST /tickets/7/notes': problem(422, 'invalid', 'Look at the fields.', [
        { pointer: '/text', message: 'must not be empty' },
      ]),
    })
    const error = await note('').catch((cause: unknown) => cause)
    expect(error).toBeInstanceOf(ApiError)
    expect(error).toMatchObject({ status: 422, code: 'invalid' })
    expect((error as ApiError).at('/text')).toBeTruthy()
    expect((error as ApiError).besides(['/text'])).toEqual([])
  })
  it('is refused in the words of the page’s language, with what the refusal names', async () => {
    const answer = { current: refused('task-blocked', { title: 'Order', tasks: 'Approve' }) }
    fakeApi({ 'POST /tickets/7/notes': () => answer.current })
    const refusal = () =>
      note('').then(
        () => expect.unreachable(),
        (cause: unknown) => cause as ApiError,
      )
    expect(inWords(await refusal())).toBe(
      'The task “Order” comes after others that are still open: Approve.',
    )
    answer.current = refused('approver-twice', { name: 'Ida' }, '/stages')
    expect((await refusal()).at('/stages')).toBe('Ida is named twice. Each person decides once.')
    answer.current = refused('task-blocked', { title: ['no', 'text'] })
    expect(inWords(await refusal())).toBe(t('problem.task-blocked'))
  })
  it('fails as not answered when the line is down, and as trouble behind a broken proxy', async () => {
    fakeApi({ 'GET /me': 'no answer' })
    await expect(get('/me')).rejects.toMatchObject({ status: 0, code: 'no-answer' })
    vi.stubGlobal('fetch', () => new Response('<h1>Bad gateway</h1>', { status: 502 }))
    await expect(get('/me')).rejects.toMatchObject({ status: 502, code: 'server-trouble' })
  })
  it('ends the session at a 401, unless it asked for the session itself', async () => {
    const ended = vi.fn()
    // Modules are shared: the files that follow want to be signed out.
    onTestFinished(onSignedOut(ended))
    fakeApi({
      'GET /me': problem(401, 'not-signed-in'),
      'GET /tags': problem(401, 'not-signed-in'),
    })
    await get('/me').catch(() => undefined)
    expect(ended).not.toHaveBeenCalled()
    await get('/tags').catch(() => undefined)
    expect(ended).toHaveBeenCalledOnce()
  })
})

describe('leaving the page', () => {
  const isAsked = (): boolean =>
    !window.dispatchEvent(new Event('beforeunload', { cancelable: true }))
  /** Answers when it is told to. */
  function answering(): { promise: Promise<void>; now: () => void } {
    let now = () => {}
    const promise = new Promise<void>((resolve) => {
      now = resolve
    })
    return { promise, now }
  }
  it('asks first while anything that a person asked has no answer', async () => {
    const [noted, changed] = [answering(), answering()]
    fakeApi({
      'POST /tickets/7/notes': () => noted.promise.then(() => ({ status: 201, body: {} })),
      'PATCH /tickets/7': () => changed.promise.then(() => 'no answer' as const),
    })
    expect(isAsked()).toBe(false)
    const note7 = note('On it.')
    const change = patch('/tickets/{number}', {
      params: { path: { number: 7 } },
      body: { priority: 'high' },
    }).catch(() => undefined)
    expect(isAsked()).toBe(true)
    noted.now()
    await note7
    expect(isAsked()).toBe(true)
    changed.now()
    await change
    expect(isAsked()).toBe(false)
  })
  it('does not ask for what is only read', async () => {
    const read = answering()
    fakeApi({ 'GET /tags': () => read.promise.then(() => ({ body: { items: [], next: null } })) })
    const tags = get('/tags')
    expect(isAsked()).toBe(false)
    read.now()
    await tags
  })
})

describe('the id of a POST', () => {
  it('is the same when it goes again because no answer came, and another after an answer', async () => {
    let up = false
    const api = fakeApi({
      'POST /tickets/7/notes': () => (up ? { status: 201, body: {} } : 'no answer'),
    })
    await note('On it.').catch(() => undefined)
    await note('On it.').catch(() => undefined)
    up = true
    await note('On it.')
    await note('On it.')
    const [first, second, third, fourth] = keys(api)
    expect(first).toMatch(/^[0-9a-f-]{36}$/)
    expect([second, third]).toEqual([first, first])
    expect(fourth).not.toBe(first)
  })
  it('is another for other words, and for a request that was refused', async () => {
    let answers = 0
    const api = fakeApi({
      'POST /tickets/7/notes': () => (answers++ === 0 ? 'no answer' : problem(409, 'closed')),
    })
    await note('One.').catch(() => undefined)
    await note('Two.').catch(() => undefined)
    await note('Two.').catch(() => undefined)
    expect(new Set(keys(api)).size).toBe(3)
  })
  it('is for POST alone: the other methods may be done twice', async () => {
    const api = fakeApi({ 'GET /tags': { body: { items: [], next: null } } })
    await get('/tags')
    expect(keys(api)).toEqual([null])
  })
})

describe('the address of a file', () => {
  it('holds its values encoded', () => {
    expect(urlOf('/messages/{id}/source', { path: { id: 'a b' } })).toBe(
      '/api/v1/messages/a%20b/source',
    )
    expect(urlOf('/time.csv', { query: { from: '2026-01-01', person: '' } })).toBe(
      '/api/v1/time.csv?from=2026-01-01',
    )
  })
})
