import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { ensureFirstAdmin, firstAdminOf } from '../../../api/people/first-admin.ts'
import type { z } from 'zod'
import type { createdUser, Me } from '../../../domain/people/contract.ts'
import { openDatabase, type OpenDatabase } from '../../../platform/postgres/database.ts'
import { freshDatabase, type FreshDatabase } from '../../harness/database.ts'
import { ApiDesk } from '../support/api-desk.ts'
import { assertProblem } from '../support/problems.ts'

type CreatedUser = z.infer<typeof createdUser>
const NEW = 'a new long password'
const pathOf = (setupUrl: string): string => new URL(setupUrl).pathname

describe('the first admin', () => {
  let database: FreshDatabase
  let db: OpenDatabase
  const admins = async (): Promise<string[]> =>
    (await db.selectFrom('app_user').select('email').where('role', '=', 'admin').execute()).map(
      (r) => r.email,
    )

  before(async () => {
    database = await freshDatabase()
    db = openDatabase(database.url)
  })
  after(async () => {
    await db?.close()
    await database?.drop()
  })

  it('is made once when two processes start at the same moment', async () => {
    const admin = firstAdminOf('Ada Admin <ADA@desk.example>', 'correct horse battery')
    const links = await Promise.all([1, 2, 3].map(() => ensureFirstAdmin(db, admin, 'http://desk')))
    assert.deepEqual([links, await admins()], [[null, null, null], ['ada@desk.example']])
    assert.deepEqual(await db.selectFrom('app_user').select('name').execute(), [
      { name: 'Ada Admin' },
    ])
  })

  it('is not made again, nor replaced, at a later start', async () => {
    await ensureFirstAdmin(
      db,
      firstAdminOf('other@desk.example', 'correct horse battery'),
      'http://desk',
    )
    assert.equal(
      await ensureFirstAdmin(db, null, 'http://desk'),
      null,
      'and no link is made any more',
    )
    assert.deepEqual(await admins(), ['ada@desk.example'])
  })
})

describe('a set-up link', () => {
  let desk: ApiDesk
  before(async () => {
    desk = await ApiDesk.open()
  })
  after(() => desk?.close())

  it('makes the first admin, once, also when two people hold a link', async () => {
    const fresh = await ApiDesk.open()
    try {
      await fresh.pool.query('DELETE FROM app_user')
      const [one, two] = [
        await ensureFirstAdmin(fresh.db, null, fresh.url),
        await ensureFirstAdmin(fresh.db, null, fresh.url),
      ]
      assert.match(one ?? '', new RegExp(`^${fresh.url}/setup/[\\w-]{43}$`))
      assert.deepEqual(await fresh.client().get(pathOf(one!)), {
        purpose: 'first-admin',
        email: null,
      })
      assertProblem(
        await fresh.client().request('POST', pathOf(one!), { password: NEW }),
        422,
        'email-needed',
      )
      const answers = await Promise.all(
        [one, two].map((link, i) =>
          fresh.client().request('POST', pathOf(link!), {
            email: `admin${i}@desk.example`,
            name: 'Admin',
            password: NEW,
          }),
        ),
      )
      assert.deepEqual(answers.map((a) => a.status).sort(), [200, 410])
      assert.deepEqual(
        (await fresh.pool.query(`SELECT count(*)::int AS n FROM app_user WHERE role = 'admin'`))
          .rows,
        [{ n: 1 }],
      )
      for (const link of [one, two])
        assertProblem(await fresh.client().request('GET', pathOf(link!)), 410, 'setup-link-spent')
    } finally {
      await fresh.close()
    }
  })

  it('invites somebody who then chooses a password, and signs them in', async () => {
    const invited = await desk.admin.client.post<CreatedUser>('/users', {
      email: 'Ben@desk.example',
      name: 'Ben',
      role: 'agent',
    })
    assert.ok(invited.setupUrl)
    assertProblem(
      await desk.client().request('POST', '/session', { email: 'ben@desk.example', password: NEW }),
      401,
    )
    const ben = desk.client()
    assert.deepEqual(await ben.get(pathOf(invited.setupUrl)), {
      purpose: 'invitation',
      email: 'ben@desk.example',
    })
    assertProblem(await ben.request('POST', pathOf(invited.setupUrl), { password: 'short' }), 400)
    assert.equal(
      (await ben.post<{ id: string }>(pathOf(invited.setupUrl), { password: NEW })).id,
      invited.id,
    )
    assert.equal((await ben.get<{ email: string }>('/me')).email, 'ben@desk.example')
    assertProblem(
      await ben.request('POST', pathOf(invited.setupUrl), { password: 'another long password' }),
      410,
      'setup-link-spent',
    )
  })

  it('sets a forgotten password anew; the older link and all sessions end', async () => {
    const { id, client, email } = await desk.person('Fay Forgetful', 'agent')
    const [older, newer] = [
      await desk.admin.client.post<{ setupUrl: string }>(`/users/${id}/setup-link`),
      await desk.admin.client.post<{ setupUrl: string }>(`/users/${id}/setup-link`),
    ]
    assertProblem(await desk.client().request('GET', pathOf(older.setupUrl)), 410)
    assert.equal((await client.request('GET', '/me')).status, 200, 'nothing ends before it is used')
    await desk.client().post(pathOf(newer.setupUrl), { password: NEW })
    assertProblem(await client.request('GET', '/me'), 401)
    await desk.client().signIn(email, NEW)
  })

  it('keeps the language that was shown, unless the person has chosen one', async () => {
    const languageAfter = async (id: string, language?: string): Promise<string | undefined> => {
      const { setupUrl } = await desk.admin.client.post<{ setupUrl: string }>(
        `/users/${id}/setup-link`,
      )
      return (
        await desk
          .client()
          .post<Me>(pathOf(setupUrl), { password: NEW, ...(language ? { language } : {}) })
      ).preferences.language
    }
    const { id, email } = await desk.person('Lea Langue', 'agent')
    assert.equal(await languageAfter(id, 'fr'), 'fr')
    assert.equal(await languageAfter(id, 'de'), 'fr')
    const signedIn = await desk
      .client()
      .post<Me>('/session', { email, password: NEW, language: 'de' })
    assert.equal(signedIn.preferences.language, 'fr')
    const other = await desk.person('Otto Ohne', 'agent')
    assert.equal(await languageAfter(other.id), undefined)
    const first = await desk
      .client()
      .post<Me>('/session', { email: other.email, password: NEW, language: 'de' })
    assert.equal(first.preferences.language, 'de')
  })

  it('runs out, and is not known by its hash', async () => {
    const { id } = await desk.person('Lou Late', 'agent')
    const { setupUrl } = await desk.admin.client.post<{ setupUrl: string }>(
      `/users/${id}/setup-link`,
    )
    const {
      rows: [row],
    } = await desk.pool.query<{ token_hash: string }>(
      'SELECT token_hash FROM setup_link WHERE user_id = $1',
      [id],
    )
    assertProblem(await desk.client().request('GET', `/setup/${row!.token_hash}`), 410)
    await desk.pool.query(`UPDATE setup_link SET expires_at = now() WHERE user_id = $1`, [id])
    assertProblem(
      await desk.client().request('POST', pathOf(setupUrl), { password: NEW }),
      410,
      'setup-link-spent',
    )
  })
})

describe('people', () => {
  let desk: ApiDesk
  before(async () => {
    desk = await ApiDesk.open()
  })
  after(() => desk?.close())

  it('are added with a password, in departments that exist, under an address of their own', async () => {
    const it_ = await desk.department('IT')
    const cleo = await desk.admin.client.post<CreatedUser>('/users', {
      email: 'Cleo@desk.example',
      name: 'Cleo',
      role: 'agent',
      departmentIds: [it_.id],
      password: NEW,
    })
    const { id, ...rest } = cleo
    assert.deepEqual(rest, {
      email: 'cleo@desk.example',
      name: 'Cleo',
      role: 'agent',
      active: true,
      departmentIds: [it_.id],
      setupUrl: null,
    })
    await desk.client().signIn('cleo@desk.example', NEW)
    assertProblem(
      await desk.admin.client.request('POST', '/users', {
        email: 'CLEO@desk.example',
        name: 'Other',
        role: 'agent',
      }),
      409,
      'email-taken',
    )
    assertProblem(
      await desk.admin.client.request('PATCH', `/users/${id}`, {
        departmentIds: ['00000000-0000-4000-8000-000000000000'],
      }),
      422,
      'department-not-found',
    )
    assert.deepEqual(
      (await desk.admin.client.patch<CreatedUser>(`/users/${id}`, { name: 'Cleo C.' }))
        .departmentIds,
      [it_.id],
      'what is left out stays',
    )
  })

  it('always include an admin', async () => {
    assertProblem(
      await desk.admin.client.request('PATCH', `/users/${desk.admin.id}`, { active: false }),
      409,
      'last-admin',
    )
    assertProblem(
      await desk.admin.client.request('PATCH', `/users/${desk.admin.id}`, { role: 'agent' }),
      409,
      'last-admin',
    )
    const second = await desk.person('Bea Admin', 'admin')
    await second.client.patch(`/users/${desk.admin.id}`, { role: 'admin', name: 'Ada' })
    const both = await Promise.all([
      desk.admin.client.request('PATCH', `/users/${second.id}`, { role: 'agent' }),
      second.client.request('PATCH', `/users/${desk.admin.id}`, { role: 'agent' }),
    ])
    assert.equal(
      both.filter((a) => a.status === 200).length,
      1,
      'of two who demote each other one stays',
    )
  })

  it('are listed by name, page by page', async () => {
    const other = await ApiDesk.open()
    try {
      for (const name of ['carla', 'Bert', 'Änne', 'Bert'])
        await other.admin.client.post('/users', {
          email: `${Math.random()}@desk.example`,
          name,
          role: 'agent',
        })
      const names: string[] = []
      for (let cursor: string | null = ''; cursor !== null;) {
        const page: { items: { name: string }[]; next: string | null } =
          await other.admin.client.get(`/users?limit=2&cursor=${cursor}`)
        names.push(...page.items.map((u) => u.name))
        cursor = page.next
      }
      assert.deepEqual(names, ['Ada Admin', 'Bert', 'Bert', 'carla', 'Änne'])
    } finally {
      await other.close()
    }
  })
})
