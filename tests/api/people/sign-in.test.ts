import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Me } from '../../../domain/people/contract.ts'
import { ApiDesk, PASSWORD, type Person } from '../support/api-desk.ts'
import { assertProblem } from '../support/problems.ts'

describe('signing in', () => {
  let desk: ApiDesk
  let sam: Person

  before(async () => {
    desk = await ApiDesk.open()
    sam = await desk.person('Sam Smith', 'agent', [await desk.department('IT')])
  })
  after(() => desk?.close())

  it('answers who one is and what one may do, and sets a cookie that scripts cannot read', async () => {
    const answer = await desk
      .client()
      .request<Me>('POST', '/session', { email: sam.email.toUpperCase(), password: PASSWORD })
    assert.equal(answer.status, 200)
    assert.deepEqual(
      [answer.body.id, answer.body.role, answer.body.rights.includes('ticket.work')],
      [sam.id, 'agent', true],
    )
    const cookie = answer.headers.getSetCookie()[0] ?? ''
    assert.match(
      cookie,
      /^guichet_session=[\w-]{43}; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Lax$/,
    )
    assert.equal(answer.headers.get('cache-control'), 'no-store')
  })

  it('keeps the cookie to TLS when Guichet is reached by TLS', async () => {
    const secure = await ApiDesk.open({ settings: { publicUrl: 'https://help.example' } })
    try {
      const answer = await secure
        .client()
        .request('POST', '/session', { email: secure.admin.email, password: PASSWORD })
      assert.match(answer.headers.getSetCookie()[0] ?? '', /; Secure/)
      assert.match(answer.headers.get('strict-transport-security') ?? '', /max-age/)
    } finally {
      await secure.close()
    }
  })

  it('keeps no password and no token that could be read from the database', async () => {
    const { rows } = await desk.pool.query<{ password_hash: string; token_hash: string }>(
      'SELECT u.password_hash, s.token_hash FROM app_user u JOIN session s ON s.user_id = u.id',
    )
    for (const row of rows) {
      assert.match(row.password_hash, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
      assert.match(row.token_hash, /^[0-9a-f]{64}$/)
    }
  })

  it('gives the same answer, after about the same work, for a wrong password and for an unknown address', async () => {
    const attempt = async (email: string): Promise<{ body: unknown; ms: number }> => {
      // Of CPU, server and client together: a busy machine is no defect.
      const begun = process.cpuUsage()
      const answer = await desk
        .client()
        .request('POST', '/session', { email, password: 'wrong password' })
      assertProblem(answer, 401, 'credentials-wrong')
      return { body: answer.body, ms: process.cpuUsage(begun).user / 1000 }
    }
    await attempt('first.of.all@desk.example')
    const known = [await attempt(sam.email), await attempt(sam.email), await attempt(sam.email)]
    const unknown = [
      await attempt('nobody@desk.example'),
      await attempt('no.one@desk.example'),
      await attempt('none@desk.example'),
    ]
    assert.deepEqual(known[0]?.body, unknown[0]?.body)
    const [fastKnown, fastUnknown] = [known, unknown].map((list) =>
      Math.min(...list.map((a) => a.ms)),
    )
    assert.ok(
      fastUnknown! > fastKnown! / 3 && fastKnown! > fastUnknown! / 3,
      `known ${fastKnown} ms, unknown ${fastUnknown} ms`,
    )
  })

  it('makes who guesses wait, and nobody else', async () => {
    const tom = await desk.person('Tom Target', 'agent')
    for (let i = 0; i < 5; i++)
      assertProblem(
        await desk
          .client()
          .request('POST', '/session', { email: tom.email, password: `guess ${i}` }),
        401,
      )
    const right = await desk
      .client()
      .request('POST', '/session', { email: tom.email, password: PASSWORD })
    assertProblem(right, 429, 'too-many-sign-ins')
    const wait = Number(right.headers.get('retry-after'))
    assert.ok(wait > 60 && wait <= 900, `Retry-After ${wait}`)
    await desk.client().signIn(sam.email, PASSWORD)
    assert.equal(
      (await tom.client.request('GET', '/me')).status,
      200,
      'a session that is there goes on',
    )
  })

  it('ends with signing out, for this browser alone', async () => {
    const other = desk.client()
    await other.signIn(sam.email, PASSWORD)
    const cookie = (
      await desk.pool.query('SELECT count(*)::int AS n FROM session WHERE user_id = $1', [sam.id])
    ).rows[0] as { n: number }
    assert.equal((await other.request('DELETE', '/session')).status, 204)
    assertProblem(await other.request('GET', '/me'), 401, 'not-signed-in')
    assert.equal((await sam.client.request('GET', '/me')).status, 200)
    const left = (
      await desk.pool.query('SELECT count(*)::int AS n FROM session WHERE user_id = $1', [sam.id])
    ).rows[0] as { n: number }
    assert.equal(left.n, cookie.n - 1, 'nothing of it is left')
  })

  it('lasts as long as it is used, and not longer', async () => {
    const { client, id } = await desk.person('Ida Idle', 'agent')
    await desk.pool.query(
      `UPDATE session SET expires_at = now() + interval '1 day' WHERE user_id = $1`,
      [id],
    )
    const used = await client.request('GET', '/me')
    assert.match(used.headers.getSetCookie()[0] ?? '', /Max-Age=1209600/)
    const { rows } = await desk.pool.query<{ days: number }>(
      'SELECT extract(day FROM expires_at - now())::int AS days FROM session WHERE user_id = $1',
      [id],
    )
    assert.equal(rows[0]?.days, 13)
    assert.deepEqual(
      (await client.request('GET', '/me')).headers.getSetCookie(),
      [],
      'not written at each request',
    )
    await desk.pool.query(
      `UPDATE session SET expires_at = now() - interval '1 second' WHERE user_id = $1`,
      [id],
    )
    assertProblem(await client.request('GET', '/me'), 401, 'not-signed-in')
  })

  it('is no longer possible for who is not active', async () => {
    const { client, id, email } = await desk.person('Lea Left', 'agent')
    await desk.admin.client.patch(`/users/${id}`, { active: false })
    assertProblem(await client.request('GET', '/me'), 401)
    assertProblem(
      await desk.client().request('POST', '/session', { email, password: PASSWORD }),
      401,
      'credentials-wrong',
    )
  })

  it('lets an approver in, who sees no tickets', async () => {
    const { client } = await desk.person('Alma Approver', 'approver')
    assert.deepEqual((await client.get<Me>('/me')).rights, ['approval.decide'])
    for (const path of [
      '/tickets',
      '/tickets/counts',
      '/tickets/1001',
      '/outbox',
      '/users',
      '/mailboxes',
      '/stream',
    ])
      assertProblem(await client.request('GET', path), 403, 'not-allowed')
  })

  it('changes the password for who knows the present one, and ends the other sessions', async () => {
    const { client, email } = await desk.person('Pia Password', 'agent')
    const elsewhere = desk.client()
    await elsewhere.signIn(email, PASSWORD)
    const wrong = await client.request<{ errors: { pointer: string }[] }>('POST', '/me/password', {
      current: 'not it',
      password: 'a new long password',
    })
    assertProblem(wrong, 422, 'password-wrong')
    assert.equal(wrong.body.errors[0]?.pointer, '/current')
    assertProblem(
      await client.request('POST', '/me/password', { current: PASSWORD, password: 'short' }),
      400,
    )
    assert.equal(
      (
        await client.request('POST', '/me/password', {
          current: PASSWORD,
          password: 'a new long password',
        })
      ).status,
      204,
    )
    assert.equal((await client.request('GET', '/me')).status, 200)
    assertProblem(await elsewhere.request('GET', '/me'), 401)
    await desk.client().signIn(email, 'a new long password')
  })

  it('remembers language, theme and signature', async () => {
    await sam.client.patch('/me/preferences', { language: 'fr' })
    const me = await sam.client.patch<Me>('/me/preferences', { theme: 'dark', signature: 'Sam' })
    assert.deepEqual(me.preferences, { language: 'fr', theme: 'dark', signature: 'Sam' })
    assert.deepEqual((await sam.client.get<Me>('/me')).preferences, me.preferences)
  })

  describe('with a page of another site in between', () => {
    const headers = { 'content-type': 'application/json' }
    const send = (more: Record<string, string>) =>
      fetch(`${desk.url}/api/v1/session`, {
        method: 'POST',
        headers: { ...headers, ...more },
        body: JSON.stringify({ email: sam.email, password: PASSWORD }),
      })

    it('refuses its requests', async () => {
      assert.equal((await send({ origin: 'https://evil.example' })).status, 403)
      assert.equal((await send({ origin: 'null' })).status, 403)
      assert.equal((await send({ 'sec-fetch-site': 'cross-site' })).status, 403)
    })

    it('takes those of its own pages and of programs', async () => {
      assert.equal((await send({ origin: desk.url, 'sec-fetch-site': 'same-origin' })).status, 200)
      assert.equal((await send({})).status, 200)
    })
  })
})

describe('an API token', () => {
  let desk: ApiDesk
  let sam: Person

  before(async () => {
    desk = await ApiDesk.open()
    sam = await desk.person('Sam Smith', 'agent')
  })
  after(() => desk?.close())

  it('is shown once, signs in a program, and ends when it is revoked', async () => {
    const made = await sam.client.post<{ id: string; token: string }>('/tokens', {
      name: 'Import script',
    })
    assert.match(made.token, /^guichet_[\w-]{43}$/)
    const program = desk.client()
    program.token = made.token
    assert.equal((await program.get<Me>('/me')).id, sam.id)
    const listed = await sam.client.get<{
      items: { id: string; name: string; lastUsedAt: string | null }[]
    }>('/tokens')
    assert.deepEqual(
      listed.items.map((t) => [t.id, t.name, t.lastUsedAt !== null]),
      [[made.id, 'Import script', true]],
    )
    assert.equal(JSON.stringify(listed).includes(made.token), false)
    assertProblem(await desk.admin.client.request('DELETE', `/tokens/${made.id}`), 404)
    assert.equal((await sam.client.request('DELETE', `/tokens/${made.id}`)).status, 204)
    assertProblem(await program.request('GET', '/me'), 401)
  })

  it('may what its person may, but makes no tokens and changes no password', async () => {
    const program = desk.client()
    program.token = (await sam.client.post<{ token: string }>('/tokens', { name: 'Script' })).token
    assertProblem(await program.request('GET', '/mailboxes'), 403, 'not-allowed')
    assertProblem(
      await program.request('POST', '/tokens', { name: 'Child' }),
      403,
      'session-needed',
    )
    assertProblem(
      await program.request('POST', '/me/password', {
        current: PASSWORD,
        password: 'a new long password',
      }),
      403,
      'session-needed',
    )
  })

  it('is refused when it is none of ours', async () => {
    const program = desk.client()
    program.token = 'something-else'
    assertProblem(await program.request('GET', '/me'), 401, 'token-malformed')
    program.token = `guichet_${'x'.repeat(43)}`
    assertProblem(await program.request('GET', '/me'), 401, 'not-signed-in')
  })

  it('is asked for in the words of the standard', async () => {
    const challenge = async (token?: string) => {
      const program = desk.client()
      program.token = token
      return (await program.request('GET', '/me')).headers.get('www-authenticate')
    }
    assert.equal(await challenge(), 'Bearer realm="Guichet"')
    for (const token of ['something-else', `guichet_${'x'.repeat(43)}`])
      assert.equal(await challenge(token), 'Bearer realm="Guichet", error="invalid_token"')
  })

  it('needs no page of ours: it is nothing that a browser sends by itself', async () => {
    const { token } = await desk.admin.client.post<{ token: string }>('/tokens', { name: 'Script' })
    const answer = await fetch(`${desk.url}/api/v1/departments`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        origin: 'https://elsewhere.example',
        'content-type': 'application/json',
      },
      body: JSON.stringify({ name: 'Finance' }),
    })
    assert.equal(answer.status, 201)
  })
})
