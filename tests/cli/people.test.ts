import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { User } from '../../domain/people/contract.ts'
import { ApiDesk, PASSWORD } from '../api/support/api-desk.ts'
import { ApiError } from '../harness/api-client.ts'
import { runCommand } from './run-command.ts'

describe('people and tokens from the command line', { concurrency: false }, () => {
  let desk: ApiDesk
  before(async () => {
    desk = await ApiDesk.open()
    await desk.department('IT')
  })
  after(() => desk?.close())

  const run = (...args: string[]) =>
    runCommand(args, { DATABASE_URL: desk.databaseUrl, PUBLIC_URL: desk.url })

  /** Uses a set-up link as a browser would. */
  async function choosePassword(link: string, password: string): Promise<void> {
    const token = new URL(link.trim()).pathname.split('/').at(-1)
    await desk.client().post(`/setup/${token}`, { password })
  }

  it('adds an admin, who signs in by the link, and gives them another one when it is forgotten', async () => {
    const added = await run(
      'users',
      'create',
      'Olga@desk.example',
      '--name',
      'Olga',
      '--role',
      'admin',
    )
    assert.equal(added.code, 0, added.said)
    await choosePassword(added.stdout, 'the first of two')
    await desk.client().signIn('olga@desk.example', 'the first of two')
    const reset = await run('users', 'reset-password', 'olga@desk.example')
    assert.equal(reset.code, 0, reset.said)
    await choosePassword(reset.stdout, 'the second of two')
    await desk.client().signIn('olga@desk.example', 'the second of two')
    const listed = await run('users', 'list', '--json')
    const olga = (JSON.parse(listed.stdout) as User[]).find(({ name }) => name === 'Olga')
    assert.equal(olga?.role, 'admin')
  })

  it('lets somebody in no more, but never the last admin', async () => {
    const agent = await run(
      'users',
      'create',
      'emil@desk.example',
      '--name',
      'Emil',
      '--role',
      'agent',
      '--department',
      'it',
    )
    assert.equal(agent.code, 0, agent.said)
    await choosePassword(agent.stdout, PASSWORD)
    const emil = desk.client()
    await emil.signIn('emil@desk.example', PASSWORD)
    assert.equal((await run('users', 'disable', 'emil@desk.example')).code, 0)
    await assert.rejects(emil.get('/tickets'), ApiError)
    await assert.rejects(desk.client().signIn('emil@desk.example', PASSWORD), ApiError)
    assert.equal((await run('users', 'disable', 'olga@desk.example')).code, 0)
    const last = await run('users', 'disable', desk.admin.email)
    assert.equal(last.code, 1)
    assert.match(last.said, /last admin/)
    await desk.admin.client.get('/tickets')
  })

  it('makes a token that works until it is revoked', async () => {
    const made = await run('tokens', 'create', '--user', desk.admin.email, '--name', 'A program')
    assert.equal(made.code, 0, made.said)
    const program = desk.client()
    program.token = made.stdout.trim()
    await program.get('/tickets')
    const listed = await run('tokens', 'list', '--user', desk.admin.email, '--json')
    const [token] = JSON.parse(listed.stdout) as { id: string; name: string }[]
    assert.equal(token?.name, 'A program')
    assert.ok(!listed.said.includes(program.token), 'a list tells no token')
    assert.equal((await run('tokens', 'revoke', token!.id, '--user', desk.admin.email)).code, 0)
    await assert.rejects(program.get('/tickets'), ApiError)
  })

  it('says what is written wrongly, with how it is written', async () => {
    for (const args of [
      ['users', 'create', 'x@desk.example', '--name', 'X', '--role', 'king'],
      ['users', 'create', 'x@desk.example', '--name', 'X', '--role', 'agent', '--department', 'Z'],
      ['users', 'reset-password', 'nobody@desk.example'],
      ['users', 'promote', 'x@desk.example'],
      ['tokens', 'create'],
    ]) {
      const ran = await run(...args)
      assert.equal(ran.code, 64, ran.said)
      assert.match(ran.said, /npm run (users|tokens) -- /)
      assert.doesNotMatch(ran.said, /\n\s+at /)
    }
  })
})
