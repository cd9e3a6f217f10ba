import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { approverDeadline } from '../../../domain/approvals/approver-deadline.ts'
import {
  type ApproverAccount,
  type ApproverFacts,
  choicesOf,
  eligibleApprovers,
  personChosen,
  type RuleStages,
} from '../../../domain/approvals/eligible-approvers.ts'
import {
  approvalsByRules,
  rulesThatAsk,
  type TicketApprovalRule,
  type TicketUnderRules,
} from '../../../domain/approvals/ticket-rules.ts'
import { NOW } from '../given.ts'

const account = (name: string, n: number): ApproverAccount => ({
  id: `44444444-4444-4444-8444-00000000000${n}`,
  email: `${name}@Staff.example`,
  name,
})
const [IDA, MAX, LEA, ADA] = [
  account('Ida', 1),
  account('Max', 2),
  account('Lea', 3),
  account('Ada', 4),
]
const chosen = ({ id }: ApproverAccount) => ({ userId: id })
const BOSS = { email: 'boss@client.example', name: 'Boss' }

const anyOf = (...approvers: RuleStages['stages'][number]['approvers']) => ({
  rule: { kind: 'any' as const },
  approvers,
})

/** Active accounts are Ida, Max and Ada, an admin; Lea's is closed. Anna requests. */
const people = (over: Partial<ApproverFacts> = {}): ApproverFacts => ({
  requesterEmail: 'anna@client.example',
  accounts: [IDA, MAX, ADA],
  admins: [ADA],
  ...over,
})

const ACCESS = '66666666-6666-4666-8666-000000000001'
const VPN = '66666666-6666-4666-8666-000000000002'
const rule = (over: Partial<TicketApprovalRule> = {}): TicketApprovalRule => ({
  id: '77777777-7777-4777-8777-000000000001',
  name: 'Access',
  text: 'May they have it?',
  categoryId: null,
  departmentId: null,
  stages: [anyOf(chosen(IDA))],
  deputy: null,
  deadlineHours: null,
  blocksResolution: true,
  showsRequest: true,
  ...over,
})

/** Of IT, in VPN, which is inside Access. */
const ticket = (over: Partial<TicketUnderRules> = {}): TicketUnderRules => ({
  number: 1001,
  status: 'open',
  departmentId: 'it',
  categoriesAround: [VPN, ACCESS],
  followedRules: [],
  subject: 'VPN for Anna',
  requester: { email: 'anna@client.example', name: 'Anna Weber' },
  words: 'From Monday on, please.',
  ...over,
})

describe('whom a choice means', () => {
  it('is an account by its id, or by its address however it is written', () => {
    const ida = { key: IDA.id, userId: IDA.id, email: IDA.email, name: 'Ida' }
    assert.deepEqual(personChosen({ userId: IDA.id.toUpperCase() }, [MAX, IDA]), ida)
    assert.deepEqual(personChosen({ email: 'IDA@staff.EXAMPLE', name: 'I.' }, [MAX, IDA]), ida)
  })

  it('is an address alone where nobody has an account with it', () => {
    assert.deepEqual(personChosen({ ...BOSS, email: 'Boss@Client.example' }, [IDA]), {
      key: 'boss@client.example',
      userId: null,
      email: 'Boss@Client.example',
      name: 'Boss',
    })
  })

  it('is nobody when the account is closed', () => {
    assert.equal(personChosen(chosen(LEA), [IDA, MAX]), null)
  })

  it('is looked up for stages and deputies', () => {
    assert.deepEqual(
      choicesOf([
        { stages: [anyOf(chosen(IDA)), anyOf(BOSS)], deputy: null },
        { stages: [anyOf(chosen(MAX))], deputy: chosen(ADA) },
      ]),
      [chosen(IDA), BOSS, chosen(MAX), chosen(ADA)],
    )
  })
})

describe('who is asked when a rule is followed', () => {
  const asked = (stages: RuleStages['stages'], more: Partial<RuleStages & ApproverFacts> = {}) => {
    const { deputy = null, ...facts } = more
    const found = eligibleApprovers({ stages, deputy }, people(facts))
    return (
      found && [
        ...found.stages.map(({ approvers }) => approvers.map(({ name }) => name)),
        found.deputy?.name ?? null,
      ]
    )
  }

  it('are those whom it names, and its deputy at the deadline', () => {
    assert.deepEqual(asked([anyOf(chosen(IDA)), anyOf(BOSS)], { deputy: chosen(MAX) }), [
      ['Ida'],
      ['Boss'],
      'Max',
    ])
  })

  it('is never the requester, not as deputy either, and not by another spelling', () => {
    const requesterEmail = 'ida@STAFF.example'
    assert.deepEqual(asked([anyOf(chosen(IDA), chosen(MAX))], { requesterEmail }), [['Max'], null])
    assert.deepEqual(asked([anyOf(chosen(MAX))], { deputy: chosen(IDA), requesterEmail }), [
      ['Max'],
      null,
    ])
  })

  it('is nobody whose account is closed', () => {
    assert.deepEqual(asked([anyOf(chosen(LEA), chosen(MAX))]), [['Max'], null])
    assert.deepEqual(asked([anyOf(chosen(MAX))], { deputy: chosen(LEA) }), [['Max'], null])
  })

  it('is the deputy where nobody else is left, who then stands in only once', () => {
    assert.deepEqual(asked([anyOf(chosen(LEA))], { deputy: chosen(MAX) }), [['Max'], null])
  })

  it('is an admin where there is no deputy either, and nobody at all when that is the requester', () => {
    assert.deepEqual(asked([anyOf(chosen(LEA))]), [['Ada'], null])
    assert.equal(asked([anyOf(chosen(LEA))], { requesterEmail: ADA.email }), null)
    assert.equal(asked([anyOf(chosen(LEA))], { admins: [] }), null)
  })
})

describe('which rules ask', () => {
  const asks = (one: Partial<TicketApprovalRule>, of: Partial<TicketUnderRules> = {}): boolean =>
    rulesThatAsk([rule(one)], ticket(of)).length === 1

  it('are those of the ticket’s category, of one around it, and of every category', () => {
    assert.ok(asks({ categoryId: VPN }))
    assert.ok(asks({ categoryId: ACCESS }))
    assert.ok(asks({}, { categoriesAround: [] }))
    assert.ok(!asks({ categoryId: VPN }, { categoriesAround: [ACCESS] }), 'of one inside it: no')
    assert.ok(!asks({ categoryId: VPN }, { categoriesAround: [] }))
  })

  it('are those of its department, and of every department; with a category where both are so', () => {
    assert.ok(asks({ departmentId: 'it' }))
    assert.ok(!asks({ departmentId: 'hr' }))
    assert.ok(asks({ departmentId: 'it', categoryId: ACCESS }))
    assert.ok(!asks({ departmentId: 'hr', categoryId: ACCESS }))
    assert.ok(!asks({ departmentId: 'it', categoryId: ACCESS }, { categoriesAround: [] }))
  })

  it('ask once on a ticket, whatever became of it', () => {
    assert.ok(!asks({}, { followedRules: [rule().id] }))
    assert.ok(asks({}, { followedRules: ['77777777-7777-4777-8777-000000000002'] }))
  })

  it('ask nothing of a ticket that has ended', () => {
    for (const status of ['solved', 'closed'] as const) assert.ok(!asks({}, { status }))
    for (const status of ['new', 'open', 'waiting'] as const) assert.ok(asks({}, { status }))
  })
})

describe('what rules ask', () => {
  const { accounts, admins } = people()
  const asked = (one: Partial<TicketApprovalRule>, of: Partial<TicketUnderRules> = {}) => {
    const result = approvalsByRules([rule(one)], ticket(of), { accounts, admins }, NOW)
    if ('code' in result) assert.fail(result.message)
    return result[0]!
  }

  it('is the rule’s words and the request, in no language of Guichet’s own', () => {
    const { rule: by, text, request } = asked({})
    assert.deepEqual(by, { id: rule().id, name: 'Access' })
    assert.equal(request.subject, 'Access: VPN for Anna')
    assert.equal(
      text,
      'May they have it?\n\nAnna Weber <anna@client.example>\n\nVPN for Anna\n\nFrom Monday on, please.',
    )
    assert.ok(request.preview.startsWith('May they have it?'))
  })

  it('is the rule’s words alone where it keeps the request to itself', () => {
    const { text, request } = asked({ showsRequest: false })
    assert.deepEqual([text, request.subject], ['May they have it?', 'Access'])
  })

  it('leaves out what there is not', () => {
    const nameless = { email: 'anna@client.example', name: '' }
    const { text, request } = asked({ text: ' ' }, { requester: nameless, subject: '', words: '' })
    assert.deepEqual([text, request.subject], ['<anna@client.example>', 'Access'])
  })

  it('fits into what an approval may hold', () => {
    const { text, request } = asked({}, { subject: 's'.repeat(300), words: 'w'.repeat(30_000) })
    assert.deepEqual([text.length, request.subject.length], [20_000, 200])
  })

  it('stops the solving of the ticket, if it says so', () => {
    assert.deepEqual(asked({}).request.blocks, { resolution: true, taskIds: [] })
    assert.equal(asked({ blocksResolution: false }).request.blocks.resolution, false)
  })

  it('is due after its hours, with one reminder before', () => {
    assert.deepEqual(approverDeadline(48, NOW), {
      deadline: '2026-11-26T09:00:00.000Z',
      remindHoursBefore: [24],
    })
    assert.deepEqual(approverDeadline(4, NOW).remindHoursBefore, [2])
    assert.deepEqual(approverDeadline(null, NOW), { deadline: null, remindHoursBefore: [] })
    assert.equal(asked({ deadlineHours: 48 }).request.deadline, '2026-11-26T09:00:00.000Z')
  })

  it('is refused for all when one can be asked of nobody: nothing is approved by nobody being there', () => {
    const rules = [rule(), rule({ name: 'Closed', stages: [anyOf(chosen(LEA))] })]
    const result = approvalsByRules(rules, ticket(), { accounts, admins: [] }, NOW)
    assert.ok('code' in result)
    assert.equal(result.code, 'approval-nobody-to-ask')
    assert.match(result.message, /“Closed”.*#1001/)
  })
})
