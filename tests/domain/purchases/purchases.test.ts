import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { mergedStages } from '../../../domain/approvals/combined-stages.ts'
import type { Approver, AskedStage } from '../../../domain/approvals/vocabulary.ts'
import type { CommandPayload } from '../../../domain/commands.ts'
import type { Decision } from '../../../domain/decide.ts'
import { type ApprovalRule, ruleFor, rulesFor } from '../../../domain/purchases/approval-chain.ts'
import type { ApprovalChain } from '../../../domain/purchases/vocabulary.ts'
import { purchaseCommands } from '../../../domain/purchases/commands.ts'
import type { Ticket } from '../../../domain/ticket.ts'
import { FINANCE, IT, openedTicket, SAM, types, uuid, when } from '../given.ts'

const BOSS: Approver = {
  key: '44444444-4444-4444-8444-000000000001',
  userId: '44444444-4444-4444-8444-000000000001',
  email: 'boss@example.com',
  name: 'Boss',
}
const line = (over: object = {}) => ({
  id: uuid(),
  item: 'Laptop',
  quantity: '3',
  unitPrice: '1200.00',
  supplier: 'Example Ltd',
  costCentre: '4711',
  ...over,
})
const chain = (): NonNullable<ApprovalChain> => ({
  approvalId: uuid(),
  textId: uuid(),
  preview: '',
  stages: [{ rule: { kind: 'all' }, approvers: [BOSS] }],
  deputy: null,
  deadline: null,
  remindHoursBefore: [],
  blocks: { resolution: true, taskIds: [] },
  attachmentIds: [],
})
const draft = (over: Partial<CommandPayload<'draftPurchase'>> = {}): Ticket =>
  openedTicket((t) =>
    when(t, 'draftPurchase', {
      purchaseId: uuid(),
      title: 'Laptops',
      currency: 'EUR',
      lines: [line()],
      documents: [],
      ...over,
    }),
  )
const the = (ticket: Ticket) => ticket.purchases[0]!
const submit = (ticket: Ticket, approval: ApprovalChain = chain()): Decision =>
  when(ticket, 'submitPurchase', {
    purchaseId: the(ticket).id,
    revision: the(ticket).revision,
    approval,
  })
const change = (ticket: Ticket, more: Partial<CommandPayload<'changePurchase'>>): Decision =>
  when(ticket, 'changePurchase', {
    purchaseId: the(ticket).id,
    revision: the(ticket).revision,
    ...more,
  })
const decides = (ticket: Ticket, decision: 'approved' | 'refused'): Decision => {
  const approval = ticket.approvals[0]!
  return when(
    ticket,
    'decideApproval',
    {
      approvalId: approval.id,
      round: approval.round,
      approver: BOSS.key,
      decision,
      comment: 'So be it.',
      from: { via: 'signed-in', ip: '192.0.2.7' },
    },
    { kind: 'agent', id: BOSS.userId!, name: BOSS.name },
  )
}
const approved = (ticket = draft()): Ticket => decides(submit(ticket).ticket, 'approved').ticket
const order = (ticket: Ticket): Decision =>
  when(ticket, 'orderPurchase', { purchaseId: the(ticket).id, reference: 'PO-1' })
const receive = (
  ticket: Ticket,
  quantity: string,
  assets: { id: string; name: string; type: string; serial: string }[] = [],
): Decision =>
  when(ticket, 'receivePurchase', {
    purchaseId: the(ticket).id,
    lines: [{ lineId: the(ticket).lines[0]!.id, quantity }],
    assets,
  })
const refusedWith = (decision: Decision, code: string): void =>
  assert.equal(decision.rejection?.code, code)

describe('a purchase request', () => {
  it('goes from draft by approval and order to receipt', () => {
    const states: string[] = []
    let ticket = draft()
    for (const step of [
      (t: Ticket) => submit(t),
      (t: Ticket) => decides(t, 'approved'),
      order,
      (t: Ticket) => receive(t, '1'),
      (t: Ticket) => receive(t, '2'),
    ]) {
      states.push(the(ticket).state)
      ticket = step(ticket).ticket
    }
    assert.deepEqual(
      [...states, the(ticket).state],
      ['draft', 'requested', 'approved', 'ordered', 'partlyReceived', 'received'],
    )
  })

  it('asks for the approval of its exact total', () => {
    const ticket = submit(
      draft({ lines: [line(), line({ quantity: '0.5', unitPrice: '0.35' })] }),
    ).ticket
    assert.deepEqual(ticket.approvals[0]!.amount, { amount: '3600.18', currency: 'EUR' })
    assert.equal(ticket.approvals[0]!.purchaseId, the(ticket).id)
  })

  it('is approved at once when the rules ask for no approval', () => {
    const decision = submit(draft(), null)
    assert.deepEqual(types(decision), ['purchaseSubmitted'])
    assert.equal(the(decision.ticket).state, 'approved')
  })

  it('cannot be submitted empty or twice, ordered unapproved, received unordered', () => {
    refusedWith(submit(draft({ lines: [] })), 'purchase-empty')
    refusedWith(submit(submit(draft()).ticket), 'purchase-submitted')
    refusedWith(order(draft()), 'purchase-not-approved')
    refusedWith(order(submit(draft()).ticket), 'purchase-not-approved')
    refusedWith(receive(approved(), '1'), 'purchase-not-ordered')
    refusedWith(order(order(approved()).ticket), 'purchase-ordered')
  })

  it('that was refused can be changed and submitted again, in a new round of the same approval', () => {
    const refused = decides(submit(draft()).ticket, 'refused').ticket
    assert.equal(the(refused).state, 'refused')
    const again = submit(change(refused, { lines: [line({ quantity: '1' })] }).ticket).ticket
    assert.equal(the(again).state, 'requested')
    assert.deepEqual(
      again.approvals.map(({ round, state, amount }) => [round, state, amount?.amount]),
      [[2, 'waiting', '1200.00']],
    )
  })

  it('becomes a draft again when its approval is withdrawn', () => {
    const ticket = submit(draft()).ticket
    assert.equal(
      the(
        when(ticket, 'withdrawApproval', { approvalId: ticket.approvals[0]!.id, reason: '' })
          .ticket,
      ).state,
      'draft',
    )
  })

  it('belongs to an approval that is not changed by itself', () => {
    const ticket = submit(draft()).ticket
    refusedWith(
      when(ticket, 'changeApproval', { approvalId: ticket.approvals[0]!.id, subject: 'Cheaper' }),
      'approval-of-purchase',
    )
  })
})

describe('lines in several currencies', () => {
  const mixed = () => [
    line(),
    line({ currency: 'USD', quantity: '0.5', unitPrice: '0.35' }),
    line({ currency: 'JPY', quantity: '3', unitPrice: '1500.5' }),
    line({ currency: 'EUR', quantity: '1', unitPrice: '0.10' }),
  ]

  it('have a total each, exact and never converted, which the approval asks for', () => {
    const decision = submit(draft({ lines: mixed() }))
    const [approval] = decision.ticket.approvals
    const totals = [
      { amount: '3600.10', currency: 'EUR' },
      { amount: '0.18', currency: 'USD' },
      { amount: '4502', currency: 'JPY' },
    ]
    assert.deepEqual([approval?.amount, ...(approval?.furtherAmounts ?? [])], totals)
    assert.deepEqual((decision.events[0]?.data as { totals: object }).totals, totals)
  })

  it('are noticed as a change when only the currency is another', () => {
    const before = submit(draft()).ticket
    const decision = change(before, {
      lines: the(before).lines.map(({ received: _, ...one }) => ({ ...one, currency: 'USD' })),
      approval: chain(),
    })
    assert.deepEqual(types(decision), ['purchaseChanged', 'purchaseSubmitted', 'approvalRestarted'])
    assert.deepEqual(
      [decision.ticket.approvals[0]?.amount, decision.ticket.approvals[0]?.furtherAmounts],
      [{ amount: '3600.00', currency: 'USD' }, undefined],
    )
  })

  it('of one currency are written as they always were', () => {
    const {
      events: [event],
    } = submit(draft())
    assert.deepEqual(Object.keys(event?.data ?? {}).sort(), [
      'approvalId',
      'currency',
      'purchaseId',
      'title',
      'total',
    ])
  })
})

describe('a cancelled purchase', () => {
  const cancel = (ticket: Ticket): Decision =>
    when(ticket, 'cancelPurchase', { purchaseId: the(ticket).id, reason: 'Too late.' })

  it('withdraws the approval that waits, and nothing more can be done with it', () => {
    const decision = cancel(submit(draft()).ticket)
    assert.deepEqual(types(decision), ['purchaseCancelled', 'approvalWithdrawn'])
    assert.deepEqual(
      [the(decision.ticket).state, decision.ticket.approvals[0]?.state],
      ['cancelled', 'withdrawn'],
    )
    for (const next of [
      submit,
      order,
      (t: Ticket) => receive(t, '1'),
      (t: Ticket) => change(t, { title: 'Other' }),
    ])
      refusedWith(next(decision.ticket), 'purchase-cancelled')
    assert.deepEqual(cancel(decision.ticket).events, [], 'twice is once')
  })

  it('may be ordered or partly received: the rest does not come; what has arrived whole is not cancelled', () => {
    const partly = receive(order(approved()).ticket, '1').ticket
    const after = cancel(partly).ticket
    assert.deepEqual([the(after).state, the(after).lines[0]?.received], ['cancelled', '1'])
    refusedWith(cancel(receive(partly, '2').ticket), 'purchase-received')
  })
})

describe('a change after submission', () => {
  const dearer = { lines: [line({ unitPrice: '9000.00' })] }

  it('of the lines restarts the approval, given or not, with the new total', () => {
    for (const before of [submit(draft()).ticket, approved()]) {
      const decision = change(before, { ...dearer, approval: chain() })
      assert.deepEqual(types(decision), [
        'purchaseChanged',
        'purchaseSubmitted',
        'approvalRestarted',
      ])
      assert.equal(the(decision.ticket).state, 'requested')
      assert.equal(decision.ticket.approvals[0]!.amount?.amount, '27000.00')
      refusedWith(order(decision.ticket), 'purchase-not-approved')
    }
  })

  it('does not go without saying by whom the new total is approved', () =>
    refusedWith(change(approved(), dearer), 'purchase-approval-missing'))

  it('to an amount that needs no approval withdraws the one that waits', () => {
    const decision = change(submit(draft()).ticket, {
      lines: [line({ quantity: '1', unitPrice: '5' })],
      approval: null,
    })
    assert.deepEqual(types(decision), ['purchaseChanged', 'approvalWithdrawn', 'purchaseSubmitted'])
    assert.equal(the(decision.ticket).state, 'approved')
  })

  it('of the documents alone restarts nothing, also after the order', () => {
    const documents = [
      { kind: 'invoice' as const, name: 'invoice.pdf', attachmentId: uuid(), documentId: null },
    ]
    assert.deepEqual(types(change(order(approved()).ticket, { documents })), [
      'purchaseDocumentsChanged',
    ])
  })

  it('of what has been ordered is refused, and so is one of somebody who saw an earlier version', () => {
    refusedWith(
      change(order(approved()).ticket, { ...dearer, approval: chain() }),
      'purchase-ordered',
    )
    const changed = change(draft(), { title: 'Other' }).ticket
    refusedWith(
      when(changed, 'changePurchase', { purchaseId: the(changed).id, revision: 1, title: 'Third' }),
      'purchase-changed',
    )
  })
})

describe('a receipt', () => {
  it('names what arrived and the assets that it becomes, with what its line says of it', () => {
    const assets = [{ id: uuid(), name: 'Laptop 1', type: 'laptop', serial: 'SN-1' }]
    const ticket = order(approved()).ticket
    const {
      events: [event],
    } = receive(ticket, '1', assets)
    assert.deepEqual(event?.data, {
      purchaseId: the(ticket).id,
      title: 'Laptops',
      lines: [{ id: the(ticket).lines[0]!.id, item: 'Laptop', quantity: '1' }],
      complete: false,
      assets: [
        {
          ...assets[0],
          lineId: the(ticket).lines[0]!.id,
          supplier: 'Example Ltd',
          unitPrice: '1200.00',
          currency: 'EUR',
        },
      ],
    })
  })

  it('does not say by which of several lines a thing came when nobody said it, and refuses a line of which nothing arrived', () => {
    const ticket = order(
      approved(
        draft({ lines: [line(), line({ item: 'Screen', supplier: 'Nordia', unitPrice: '300' })] }),
      ),
    ).ticket
    const [laptop, screen] = the(ticket).lines
    const both = [laptop, screen].map((one) => ({ lineId: one!.id, quantity: '1' }))
    const thing = { id: uuid(), name: 'Thing', type: '', serial: '' }
    const arrived = (lines: typeof both, lineId?: string) =>
      when(ticket, 'receivePurchase', {
        purchaseId: the(ticket).id,
        lines,
        assets: [{ ...thing, ...(lineId ? { lineId } : {}) }],
      })
    assert.deepEqual((arrived(both).events[0]?.data as { assets: unknown[] }).assets, [thing])
    assert.deepEqual(
      (
        arrived(both, screen!.id).events[0]?.data as {
          assets: { supplier: string; unitPrice: string }[]
        }
      ).assets.map((a) => [a.supplier, a.unitPrice]),
      [['Nordia', '300']],
    )
    refusedWith(arrived(both.slice(0, 1), screen!.id), 'purchase-asset-of-no-line')
  })

  it('of parts adds up exactly', () => {
    let ticket = order(approved(draft({ lines: [line({ quantity: '0.3' })] }))).ticket
    for (let i = 0; i < 3; i++) ticket = receive(ticket, '0.1').ticket
    assert.equal(the(ticket).state, 'received')
  })

  it('never takes more than was ordered', () => {
    const ticket = receive(order(approved()).ticket, '2').ticket
    refusedWith(receive(ticket, '2'), 'purchase-over-received')
    refusedWith(receive(receive(ticket, '1').ticket, '1'), 'purchase-over-received')
  })
})

describe('what a line may hold', () => {
  const lines = (over: object) =>
    purchaseCommands.draftPurchase.payload.safeParse({
      purchaseId: uuid(),
      title: 'x',
      currency: 'EUR',
      documents: [],
      lines: [line(over)],
    }).success
  it('is an exact quantity above zero and a price that is not below it', () => {
    assert.ok(lines({ quantity: '1.5', unitPrice: '0' }))
    for (const over of [
      { quantity: '0' },
      { quantity: '-1' },
      { quantity: '1e3' },
      { quantity: '1.0001' },
      { unitPrice: '-1' },
      { unitPrice: '1,50' },
      { item: ' ' },
    ])
      assert.ok(!lines(over), JSON.stringify(over))
  })
})

describe('the approval rule of a purchase', () => {
  const rule = (fromAmount: string, more: Partial<ApprovalRule> = {}): ApprovalRule => ({
    id: fromAmount,
    departmentId: null,
    currency: 'EUR',
    fromAmount,
    ...more,
  })
  const applied = (
    rules: ApprovalRule[],
    total: string,
    currency = 'EUR',
    departmentId = IT.id,
  ): string | null => {
    const found = ruleFor(rules, { departmentId, currency, total })
    return found === null ? null : 'code' in found ? found.code : found.id
  }

  it('is the highest amount that the total reaches, itself included', () => {
    const rules = [rule('100.00'), rule('10000'), rule('1000')]
    assert.deepEqual(
      ['99.99', '100.00', '999.99', '1000.00', '9999999.00'].map((total) => applied(rules, total)),
      [null, '100.00', '100.00', '1000', '10000'],
    )
  })

  it('is the department’s own when it has any, else everybody’s', () => {
    const rules = [rule('1'), rule('500', { departmentId: IT.id })]
    assert.equal(applied(rules, '100'), null)
    assert.equal(applied(rules, '100', 'EUR', FINANCE.id), '1')
  })

  it('is not got around by another currency', () => {
    assert.equal(applied([rule('1000')], '999999', 'JPY'), 'purchase-currency-without-rule')
    assert.equal(applied([], '999999', 'JPY'), null)
  })
})

describe('the approval rules of several totals', () => {
  const rule = (id: string, currency: string, fromAmount: string): ApprovalRule => ({
    id,
    departmentId: null,
    currency,
    fromAmount,
  })
  const rules = [rule('eur', 'EUR', '1000'), rule('usd', 'USD', '100'), rule('more', 'USD', '5000')]
  const applied = (...totals: [string, string][]) => {
    const found = rulesFor(rules, {
      departmentId: IT.id,
      totals: totals.map(([amount, currency]) => ({ amount, currency })),
    })
    return 'code' in found ? found.code : found.map(({ id }) => id)
  }

  it('are those that each total reaches for itself', () => {
    assert.deepEqual(applied(['999.99', 'EUR'], ['99.99', 'USD']), [])
    assert.deepEqual(applied(['999.99', 'EUR'], ['100', 'USD']), ['usd'])
    assert.deepEqual(applied(['1000', 'EUR'], ['5000', 'USD']), ['eur', 'more'])
    assert.equal(applied(['5000', 'EUR'], ['1', 'CHF']), 'purchase-currency-without-rule')
  })
})

describe('chains that are merged', () => {
  const person = (name: string): Approver => ({
    key: name,
    userId: null,
    email: `${name}@example.com`,
    name,
  })
  const stage = (count: number, names: string): AskedStage => ({
    rule:
      count === 1
        ? { kind: 'any' }
        : count === names.length
          ? { kind: 'all' }
          : { kind: 'count', count },
    approvers: [...names].map(person),
  })
  const shown = (stages: readonly AskedStage[]): string[] =>
    stages.map(
      ({ rule, approvers }) =>
        `${rule.kind === 'count' ? rule.count : rule.kind} ${approvers.map(({ key }) => key).join('')}`,
    )
  const approves = (stages: readonly AskedStage[], who: ReadonlySet<string>): boolean =>
    stages.every(
      ({ rule, approvers }) =>
        approvers.filter(({ key }) => who.has(key)).length >=
        (rule.kind === 'any' ? 1 : rule.kind === 'all' ? approvers.length : rule.count),
    )

  it('ask whoever is in both once', () => {
    assert.deepEqual(
      shown(
        mergedStages([
          [stage(1, 'a'), stage(1, 'b')],
          [stage(1, 'a'), stage(1, 'c')],
        ]),
      ),
      ['any a', 'any b', 'any c'],
    )
    assert.deepEqual(
      shown(mergedStages([[stage(1, 'ab')], [stage(1, 'a')]])),
      ['any a'],
      'a’s approval is enough for both',
    )
    assert.deepEqual(shown(mergedStages([[stage(2, 'abc')], [stage(3, 'abd')]])), ['all abd'])
    assert.deepEqual(shown(mergedStages([[stage(1, 'a')]])), ['any a'])
  })

  it('are approved only when each of them is, whatever they are, and can be', () => {
    let seed = 7
    const random = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below
    const letters = 'abcde'
    const everyone = Array.from(
      { length: 2 ** letters.length },
      (_, bits) => new Set([...letters].filter((_l, i) => bits & (1 << i))),
    )
    for (let round = 0; round < 400; round++) {
      const chains = Array.from({ length: 2 + random(2) }, () => {
        const left = [...letters].sort(() => random(3) - 1)
        return Array.from({ length: 1 + random(2) }, () => left.splice(0, 1 + random(3)))
          .filter(({ length }) => length > 0)
          .map((names) => stage(1 + random(names.length), names.join('')))
      })
      const merged = mergedStages(chains)
      const keys = merged.flatMap(({ approvers }) => approvers.map(({ key }) => key))
      assert.equal(new Set(keys).size, keys.length, 'nobody twice')
      assert.ok(approves(merged, new Set(letters)), 'it can be approved')
      for (const who of everyone)
        if (approves(merged, who))
          for (const chain of chains)
            assert.ok(
              approves(chain, who),
              `${JSON.stringify(chains.map(shown))} → ${JSON.stringify(shown(merged))} by ${[...who].join('')}`,
            )
    }
  })
})

it('the asking agent cannot be in the chain', () => {
  const own = {
    ...chain(),
    stages: [
      {
        rule: { kind: 'any' as const },
        approvers: [{ key: SAM.id, userId: SAM.id, email: SAM.email, name: SAM.name }],
      },
    ],
  }
  refusedWith(submit(draft(), own), 'approver-asks-himself')
})
