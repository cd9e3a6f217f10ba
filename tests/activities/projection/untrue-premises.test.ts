import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, beforeEach, describe, it } from 'node:test'
import { persistEvents } from '../../../activities/projection/persist.ts'
import { loadTicket } from '../../../application/tickets/load-ticket.ts'
import { readCommand } from '../../../domain/command-schema.ts'
import type { Command, CommandName, CommandPayload } from '../../../domain/commands.ts'
import type { Actor } from '../../../domain/vocabulary.ts'
import { openDatabase, type OpenDatabase } from '../../../platform/postgres/database.ts'
import { decideBatch } from '../../../workflows/ticket/decisions.ts'
import type { UntruePremises } from '../../../workflows/ticket/activities.ts'
import { ANNA, received, requester } from '../../domain/given.ts'
import { type FreshDatabase, freshDatabase } from '../../harness/database.ts'

const IT = { id: randomUUID(), name: 'IT' }
const FINANCE = { id: randomUUID(), name: 'Finance' }
const [BERLIN, PARIS] = [
  { id: randomUUID(), name: 'Berlin' },
  { id: randomUUID(), name: 'Paris' },
] as const
const inSeconds = (seconds: number): number => Math.floor(Date.now() / 1000) + seconds

/** What a kept command takes for granted may have changed until it is done. */
describe('a command that is decided after its sender has given up waiting', () => {
  let database: FreshDatabase
  let db: OpenDatabase
  let number = 1000
  let sam: { id: string; name: string; email: string }
  let lea: typeof sam
  let late: Actor

  before(async () => {
    database = await freshDatabase()
    db = openDatabase(database.url, { connections: 2 })
    for (const { id, name } of [IT, FINANCE])
      await db.pool.query('INSERT INTO department (id, name) VALUES ($1, $2)', [id, name])
    for (const { id, name } of [BERLIN, PARIS])
      await db.pool.query(`INSERT INTO location (id, kind, name) VALUES ($1, 'site', $2)`, [
        id,
        name,
      ])
  })
  after(async () => {
    await db?.close()
    await database?.drop()
  })

  beforeEach(async () => {
    sam = await person('Sam')
    lea = await person('Lea')
    late = { kind: 'agent', id: sam.id, name: sam.name }
    number++
    await asked('mailReceived', {
      message: { ...received(), messageId: randomUUID() },
      opening: {
        subject: 'Printer',
        requester: ANNA,
        department: IT,
        priority: 'normal',
        channel: 'mail',
      },
    })
  })

  async function person(name: string) {
    const made = { id: randomUUID(), name, email: `${name.toLowerCase()}@${randomUUID()}.example` }
    await db.pool.query(
      `INSERT INTO app_user (id, email, name, role) VALUES ($1, $2, $3, 'agent')`,
      [made.id, made.email, name],
    )
    await db.pool.query('INSERT INTO user_department (user_id, department_id) VALUES ($1, $2)', [
      made.id,
      IT.id,
    ])
    return made
  }
  const deactivated = ({ id }: { id: string }) =>
    db.pool.query('UPDATE app_user SET active = false WHERE id = $1', [id])
  const leavesDepartment = ({ id }: { id: string }) =>
    db.pool.query('DELETE FROM user_department WHERE user_id = $1', [id])
  const limitedTo = ({ id }: { id: string }, location: { id: string }) =>
    db.pool.query('INSERT INTO user_location (user_id, location_id) VALUES ($1, $2)', [
      id,
      location.id,
    ])

  /** Decided and written as the ticket's workflow does it. */
  async function asked<N extends CommandName>(
    name: N,
    payload: CommandPayload<N>,
    answerBy = inSeconds(-60),
  ): Promise<{ types: string[]; code: string | undefined; returned: number }> {
    const actor = name === 'mailReceived' ? requester : late
    const command = readCommand(name, { id: randomUUID(), actor, payload, answerBy })
    if ('code' in command) throw new Error(command.message)
    return carriedOut(name, command)
  }

  async function carriedOut(name: CommandName, command: Command) {
    let untrue: UntruePremises = {}
    for (;;) {
      const stored = await loadTicket(db, number)
      const now = new Date().toISOString()
      const decided = decideBatch(stored, [{ name, command }], new Set(), now, untrue)
      const { ticket, events, outcomes, returned, premises } = decided
      const batch = { ticket, basedOn: stored.version, events, outcomes, returned, premises }
      const outcome = await persistEvents(db, batch)
      if (outcome.written) {
        const refused = events.find(({ type }) => type === 'commandRejected')
        return {
          types: events.map(({ type }) => type),
          code: refused ? (refused.data as { code: string }).code : undefined,
          returned: returned.length,
        }
      }
      assert.ok('untrue' in outcome && outcome.untrue, 'nobody else writes')
      untrue = { ...untrue, ...outcome.untrue }
    }
  }

  const isRefused = async (answer: ReturnType<typeof asked>, code: string): Promise<void> => {
    const { types, code: given } = await answer
    assert.deepEqual([types, given], [['commandRejected'], code])
  }
  const task = (over: Partial<CommandPayload<'addTask'>> = {}): CommandPayload<'addTask'> => ({
    taskId: randomUUID(),
    title: 'Look at it',
    assignee: null,
    dueAt: null,
    required: false,
    after: [],
    checklist: [],
    template: null,
    ...over,
  })
  const approver = ({ id, email, name }: typeof sam) => ({ key: id, userId: id, email, name })
  const approval = (of: typeof sam): CommandPayload<'askApproval'> => ({
    approvalId: randomUUID(),
    subject: 'A laptop',
    textId: randomUUID(),
    preview: '',
    amount: null,
    stages: [{ rule: { kind: 'any' }, approvers: [approver(of)] }],
    deputy: null,
    deadline: null,
    remindHoursBefore: [],
    blocks: { resolution: false, taskIds: [] },
    attachmentIds: [],
  })

  it('is done while everything is as it was', async () => {
    assert.deepEqual((await asked('changeOwner', { owner: lea })).types, ['ownerChanged'])
    assert.deepEqual((await asked('addWatcher', { watcher: lea })).types, ['watcherAdded'])
    const given = task({ assignee: { kind: 'person', ...lea } })
    assert.deepEqual((await asked('addTask', given)).types, ['taskAdded'])
    assert.ok((await asked('askApproval', approval(lea))).types.includes('approvalAsked'))
    await asked('setLocation', { location: PARIS })
    assert.equal((await loadTicket(db, number)).location?.id, PARIS.id)
  })

  it('is not looked at again while somebody waits: it was looked up a moment ago', async () => {
    await deactivated(lea)
    const { types } = await asked('changeOwner', { owner: lea }, inSeconds(60))
    assert.deepEqual(types, ['ownerChanged'])
  })

  it('makes nobody owner who was deactivated, left the department or works elsewhere by now', async () => {
    const changes = [deactivated, leavesDepartment, (who: typeof lea) => limitedTo(who, BERLIN)]
    for (const change of changes) {
      const gone = await person('Gone')
      await change(gone)
      await isRefused(asked('changeOwner', { owner: gone }), 'person-without-access')
    }
    assert.equal((await loadTicket(db, number)).owner, null)
  })

  it('makes them neither watcher nor gives them a task', async () => {
    const { taskId } = task()
    await asked('addTask', task({ taskId }))
    await leavesDepartment(lea)
    const assignee = { kind: 'person' as const, ...lea }
    await isRefused(asked('addWatcher', { watcher: lea }), 'person-without-access')
    await isRefused(asked('assignTask', { taskId, assignee }), 'person-without-access')
    await isRefused(asked('addTask', task({ assignee })), 'person-without-access')
    const team = { kind: 'team' as const, ...FINANCE }
    await isRefused(asked('assignTask', { taskId, assignee: team }), 'team-without-access')
  })

  it('asks nobody for an approval whose account is closed, nor hands it on to them', async () => {
    await deactivated(lea)
    await isRefused(asked('askApproval', approval(lea)), 'approver-not-found')
    const open = approval(sam)
    late = { kind: 'agent', id: (await person('Max')).id, name: 'Max' }
    await asked('askApproval', open)
    late = { kind: 'agent', id: sam.id, name: sam.name }
    await isRefused(
      asked('delegateApproval', {
        approvalId: open.approvalId,
        round: 1,
        from: sam.id,
        to: approver(lea),
        reason: '',
      }),
      'approver-not-found',
    )
  })

  it('is refused when its sender may not ask for it any more, and gives back what they wrote', async () => {
    await limitedTo(sam, BERLIN)
    const given = await asked('changeSubject', { subject: 'What I wrote' })
    assert.deepEqual(given, { types: ['commandRejected'], code: 'not-allowed', returned: 1 })
  })

  it('of several steps is refused whole, with the step that people asked for', async () => {
    await deactivated(lea)
    const steps = [
      { name: 'changePriority' as const, payload: { priority: 'high' as const } },
      { name: 'changeOwner' as const, payload: { owner: lea } },
    ]
    await isRefused(asked('changeProperties', { steps }), 'person-without-access')
    assert.equal((await loadTicket(db, number)).priority, 'normal')
  })

  it('leaves the task of a template to nobody, and says whom it means', async () => {
    await deactivated(lea)
    const assignee = { kind: 'person' as const, ...lea }
    const payload = task({ assignee, template: 'Laptops' })
    const steps = [{ name: 'addTask' as const, payload, optional: true as const }]
    assert.deepEqual((await asked('changeProperties', { steps })).types, ['taskAdded'])
    const [added] = (await loadTicket(db, number)).tasks
    assert.equal(added?.assignee, null)
  })

  it('looks at where the ticket is when it is done: in the department of the same change', async () => {
    await db.pool.query('UPDATE user_department SET department_id = $2 WHERE user_id = $1', [
      lea.id,
      FINANCE.id,
    ])
    const steps = [
      { name: 'changeDepartment' as const, payload: { department: FINANCE } },
      { name: 'changeOwner' as const, payload: { owner: lea } },
    ]
    const { types } = await asked('changeProperties', { steps })
    assert.deepEqual(types, ['departmentChanged', 'ownerChanged'])
  })

  it('names no category, department, location, resolution or ticket that is gone by now', async () => {
    const gone = { id: randomUUID(), name: 'Gone' }
    await isRefused(asked('changeCategory', { category: gone }), 'category-not-found')
    await isRefused(asked('changeDepartment', { department: gone }), 'department-not-found')
    await isRefused(asked('setLocation', { location: gone }), 'location-not-found')
    await db.pool.query(`UPDATE resolution SET active = false WHERE key = 'workaround'`)
    await isRefused(asked('changeResolution', { resolution: 'workaround' }), 'resolution-inactive')
    const link = { number: 999_999, kind: 'relates' as const, subject: '' }
    await isRefused(asked('linkTicket', link), 'linked-ticket-not-found')
  })

  it('that comes by itself is done: a mail is never refused for what it names', async () => {
    const { types } = await asked('mailReceived', {
      message: { ...received(), messageId: randomUUID() },
    })
    assert.ok(types.includes('messageReceived'), types.join())
  })
})
