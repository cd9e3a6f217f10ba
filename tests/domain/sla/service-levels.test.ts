import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { notificationsOf } from '../../../domain/areas.ts'
import { dueAt, ruleOf, targetState, targetClocks } from '../../../domain/sla/target-clocks.ts'
import { planFor, ruleFor } from '../../../domain/sla/plan.ts'
import { ticketRow } from '../../../domain/tickets/projected-row.ts'
import { rebuild, unopenedTicket } from '../../../domain/apply.ts'
import type { Ticket } from '../../../domain/ticket.ts'
import { SYSTEM } from '../../../domain/vocabulary.ts'
import { agent, FINANCE, IT, openedTicket, outgoing, SAM, types, uuid, when } from '../given.ts'
import { answered, CALENDAR, due, mail, planned, plans, slaPlan, slaRule, status } from './given.ts'

// Every ticket here is opened on Tuesday 2026-11-24 at 9:00 UTC.
const simple = slaPlan({ rules: [slaRule({ firstResponse: 60, resolution: 240 })] })

const VPN = { id: uuid(), name: 'VPN' }
const networkId = uuid()
const vpn = { ...VPN, name: 'Network › VPN', within: [VPN.id] }
const NETWORK = { id: networkId, name: 'Network', within: [networkId, VPN.id] }

describe('the rule that a ticket goes by', () => {
  const rules = [
    slaRule({ name: 'all' }),
    slaRule({ name: 'urgent', priority: 'urgent' }),
    slaRule({ name: 'it', departmentId: IT.id }),
    slaRule({ name: 'it urgent', departmentId: IT.id, priority: 'urgent' }),
    slaRule({ name: 'client', domain: 'client.example' }),
  ]
  const name = (
    domain: string,
    departmentId: string,
    priority: 'normal' | 'urgent',
    categoryId: string | null = null,
    among = rules,
  ): string | undefined =>
    ruleFor(slaPlan({ rules: among }), { domain, categoryId, departmentId, priority })?.name

  it('is the most specific: domain before category before department before priority', () => {
    assert.equal(name('else.example', FINANCE.id, 'normal'), 'all')
    assert.equal(name('else.example', FINANCE.id, 'urgent'), 'urgent')
    assert.equal(name('else.example', IT.id, 'normal'), 'it')
    assert.equal(name('else.example', IT.id, 'urgent'), 'it urgent')
    assert.equal(name('client.example', IT.id, 'urgent'), 'client')
    const network = slaRule({ name: 'network', category: NETWORK })
    assert.equal(name('else.example', IT.id, 'urgent', NETWORK.id, [...rules, network]), 'network')
    assert.equal(name('client.example', IT.id, 'urgent', NETWORK.id, [...rules, network]), 'client')
    assert.equal(
      name('else.example', IT.id, 'urgent', null, [...rules, network]),
      'it urgent',
      'a ticket without a category is in none',
    )
    assert.equal(
      name('else.example', IT.id, 'urgent', NETWORK.id, [
        network,
        slaRule({ name: 'network urgent', category: NETWORK, priority: 'urgent' }),
      ]),
      'network urgent',
    )
  })

  it('of a category holds for those inside it, until one of them has its own', () => {
    const network = slaRule({ name: 'network', category: NETWORK, priority: 'urgent' })
    assert.equal(name('else.example', IT.id, 'urgent', VPN.id, [...rules, network]), 'network')
    assert.equal(
      name('else.example', IT.id, 'urgent', VPN.id, [
        network,
        slaRule({ name: 'vpn', category: vpn }),
      ]),
      'vpn',
    )
    assert.equal(
      name('else.example', IT.id, 'urgent', NETWORK.id, [
        network,
        slaRule({ name: 'vpn', category: vpn }),
      ]),
      'network',
    )
  })

  it('changes with the category at once, and the due times with it', () => {
    const plan = slaPlan({
      rules: [
        slaRule({ resolution: 240 }),
        slaRule({ name: 'network', category: NETWORK, resolution: 60 }),
      ],
    })
    const ticket = openedTicket(planned(plan))
    assert.equal(dueAt(ticket), '2026-11-24T13:00:00.000Z')
    const sorted = when(ticket, 'changeCategory', { category: VPN }).ticket
    assert.equal(dueAt(sorted), '2026-11-24T10:00:00.000Z')
    assert.equal(
      dueAt(when(sorted, 'changeCategory', { category: null }).ticket),
      '2026-11-24T13:00:00.000Z',
    )
  })

  it('is found in plans from before there were rules for categories', () => {
    const ticket = openedTicket(planned(JSON.parse(JSON.stringify(simple)) as typeof simple))
    assert.equal(ruleOf(when(ticket, 'changeCategory', { category: VPN }).ticket)?.name, 'Standard')
  })

  it('is none when nothing is set up, and then nothing is planned', () => {
    const ticket = openedTicket()
    assert.equal(ruleOf(ticket), null)
    assert.deepEqual(plans(ticket), [])
    assert.equal(ticketRow(ticket).due_at, null)
  })
})

describe('the plan of a ticket', () => {
  const forAll = slaRule({ name: 'all' })
  const forClient = slaRule({
    name: 'client',
    domain: 'client.example',
    calendarId: CALENDAR.id,
  })
  const names = (email: string): string[] | undefined =>
    planFor(slaPlan({ rules: [forAll, forClient] }), email)?.rules.map((rule) => rule.name)

  it('has the rules for everybody and for the requester’s domain, in any case', () => {
    assert.deepEqual(names('anna@Client.Example'), ['all', 'client'])
    assert.deepEqual(names('otto@else.example'), ['all'])
    assert.deepEqual(names('nobody'), ['all'])
  })

  it('has the calendars of its rules, and no others', () => {
    const settings = slaPlan({ rules: [forAll, forClient] })
    assert.deepEqual(planFor(settings, 'anna@client.example')?.calendars, [CALENDAR])
    assert.deepEqual(planFor(settings, 'otto@else.example')?.calendars, [])
  })

  it('is none where neither a rule nor a waiting policy can ever concern them', () => {
    assert.equal(planFor(slaPlan({ rules: [forClient] }), 'otto@else.example'), null)
    const waiting = [{ departmentId: IT.id, reminders: [60], closeAfter: null }]
    assert.deepEqual(planFor(slaPlan({ rules: [forClient], waiting }), 'otto@else.example'), {
      rules: [],
      calendars: [],
      waiting,
    })
  })
})

describe('service time', () => {
  it('counts from the opening, whenever the plan comes', () => {
    const ticket = openedTicket(planned(simple))
    assert.deepEqual(plans(ticket), [
      'sla-firstResponse-warning 2026-11-24T09:45',
      'sla-firstResponse-due 2026-11-24T10:00',
      'sla-resolution-warning 2026-11-24T12:00',
      'sla-resolution-due 2026-11-24T13:00',
    ])
    assert.equal(ticketRow(ticket).due_at, '2026-11-24T10:00:00.000Z')
  })

  it('runs in the business hours of the rule’s calendar', () => {
    const ticket = openedTicket(
      planned(slaPlan({ rules: [slaRule({ calendarId: CALENDAR.id, resolution: 10 * 60 })] })),
    )
    // 9:00 UTC is 10:00 in Zürich: seven hours today, three tomorrow.
    assert.equal(dueAt(ticket), '2026-11-25T11:00:00.000Z')
  })

  it('ends the first target with an agent’s answer, not with an acknowledgement', () => {
    const ticket = openedTicket(planned(simple))
    const acknowledged = when(unopenedTicket(1), 'mailReceived', {
      message: {
        messageId: crypto.randomUUID(),
        from: { email: 'a@b.example', name: '' },
        preview: '',
        hasAttachments: false,
        automatic: false,
        stranger: false,
      },
      opening: {
        subject: '',
        requester: { email: 'a@b.example', name: '' },
        department: IT,
        priority: 'normal',
        channel: 'mail',
      },
      acknowledgement: outgoing(),
    }).ticket
    assert.equal(acknowledged.firstResponse, null)
    const after = answered('2026-11-24T09:30:00.000Z')(ticket).ticket
    assert.deepEqual(
      plans(after).map((p) => p.split(' ')[0]),
      ['sla-resolution-warning', 'sla-resolution-due'],
    )
    const [first] = targetClocks(after)
    assert.equal(targetState(first!, '2026-11-25T00:00:00.000Z'), 'met')
    assert.equal(
      targetState(
        targetClocks(answered('2026-11-24T11:00:00.000Z')(ticket).ticket)[0]!,
        '2026-11-25T00:00:00.000Z',
      ),
      'late',
    )
  })

  it('counts solving as the first response of a ticket that nobody wrote to', () => {
    const ticket = openedTicket(planned(simple), status('solved', '2026-11-24T09:20:00.000Z'))
    assert.deepEqual(
      targetClocks(ticket).map((clock) => [
        clock.target,
        clock.metAt,
        targetState(clock, '2026-11-24T12:00:00.000Z'),
      ]),
      [
        ['firstResponse', '2026-11-24T09:20:00.000Z', 'met'],
        ['resolution', '2026-11-24T09:20:00.000Z', 'met'],
      ],
    )
  })

  it('goes on when the first answer is taken back', () => {
    const reply = outgoing({ holdMs: 60_000 })
    const ticket = openedTicket(
      planned(simple),
      (t) => when(t, 'reply', reply),
      (t) => when(t, 'cancelReply', { messageId: reply.messageId }),
    )
    assert.equal(dueAt(ticket), '2026-11-24T10:00:00.000Z')
  })

  it('stands still while the requester is waited for', () => {
    const waiting = openedTicket(planned(simple), answered('2026-11-24T09:30:00.000Z', 'waiting'))
    assert.deepEqual(plans(waiting), [])
    assert.equal(dueAt(waiting), null)
    assert.equal(targetState(targetClocks(waiting)[1]!, '2026-11-26T09:30:00.000Z'), 'paused')
    const back = mail('2026-11-25T09:30:00.000Z')(waiting).ticket
    assert.equal(back.status, 'open')
    assert.equal(dueAt(back), '2026-11-25T13:00:00.000Z', 'three and a half hours were left')
    assert.deepEqual(back.slaPauses, [
      { from: '2026-11-24T09:30:00.000Z', to: '2026-11-25T09:30:00.000Z', why: 'requester' },
    ])
  })

  it('stands still while an approval that the solution waits for is undecided', () => {
    const approvalId = uuid()
    const ask = (resolution: boolean) => (t: Ticket) =>
      when(
        t,
        'askApproval',
        {
          approvalId,
          subject: 'A laptop',
          textId: uuid(),
          preview: '',
          amount: null,
          deputy: null,
          deadline: null,
          remindHoursBefore: [],
          attachmentIds: [],
          stages: [
            {
              rule: { kind: 'any' },
              approvers: [
                {
                  key: 'boss@client.example',
                  userId: null,
                  email: 'boss@client.example',
                  name: 'Boss',
                },
              ],
            },
          ],
          blocks: { resolution, taskIds: [] },
        },
        agent,
        '2026-11-24T09:10:00.000Z',
      )
    assert.equal(
      dueAt(openedTicket(planned(simple), ask(false))),
      '2026-11-24T10:00:00.000Z',
      'one that holds nothing up',
    )
    const asked = openedTicket(planned(simple), ask(true))
    assert.equal(dueAt(asked), null)
    assert.deepEqual(
      asked.slaPauses.map((p) => p.why),
      ['approval'],
    )
    const withdrawn = when(
      asked,
      'withdrawApproval',
      { approvalId, reason: '' },
      agent,
      '2026-11-24T09:20:00.000Z',
    )
    assert.equal(withdrawn.rejection, null)
    assert.equal(dueAt(withdrawn.ticket), '2026-11-24T10:10:00.000Z')
  })

  it('ends when the ticket is solved and goes on when it is opened again', () => {
    const solved = openedTicket(
      planned(simple),
      answered('2026-11-24T09:30:00.000Z'),
      status('solved', '2026-11-24T10:00:00.000Z'),
    )
    assert.deepEqual(
      plans(solved).filter((p) => p.startsWith('sla')),
      [],
    )
    assert.equal(targetState(targetClocks(solved)[1]!, '2026-11-29T10:00:00.000Z'), 'met')
    const reopened = status('open', '2026-11-26T10:00:00.000Z')(solved).ticket
    assert.equal(dueAt(reopened), '2026-11-26T13:00:00.000Z')
  })

  it('is planned anew by another priority, department or plan', () => {
    const plan = slaPlan({
      rules: [
        slaRule({ resolution: 240 }),
        slaRule({ priority: 'urgent', resolution: 30 }),
        slaRule({ departmentId: FINANCE.id, resolution: 480 }),
      ],
    })
    const ticket = openedTicket(planned(plan))
    assert.equal(dueAt(ticket), '2026-11-24T13:00:00.000Z')
    assert.equal(
      dueAt(when(ticket, 'changePriority', { priority: 'urgent' }).ticket),
      '2026-11-24T09:30:00.000Z',
    )
    assert.equal(
      dueAt(when(ticket, 'changeDepartment', { department: FINANCE }).ticket),
      '2026-11-24T17:00:00.000Z',
    )
    assert.equal(
      dueAt(planned(slaPlan({ rules: [slaRule({ resolution: 60 })] }))(ticket).ticket),
      '2026-11-24T10:00:00.000Z',
    )
    assert.deepEqual(types(planned(plan)(ticket)), [], 'the same plan twice changes nothing')
    assert.deepEqual(plans(when(ticket, 'setSlaPlan', { plan: null }, SYSTEM).ticket), [])
  })

  it('comes out the same when the ticket is rebuilt from its history', () => {
    const first = planned(simple)(openedTicket())
    assert.equal(
      dueAt(
        rebuild(7, [
          ...when(unopenedTicket(7), 'openTicket', {
            subject: '',
            requester: { email: 'a@b.example', name: '' },
            department: IT,
            priority: 'normal',
            channel: 'web',
          }).events,
          ...first.events,
        ]),
      ),
      '2026-11-24T10:00:00.000Z',
    )
  })

  it('counts from its plan on a ticket that is older than service levels', () => {
    const old = {
      ...openedTicket(status('open', '2026-11-24T09:10:00.000Z')),
      slaFrom: null,
      firstResponse: null,
    }
    const ticket = when(
      old,
      'setSlaPlan',
      { plan: simple },
      SYSTEM,
      '2026-12-01T09:00:00.000Z',
    ).ticket
    assert.equal(dueAt(ticket), '2026-12-01T13:00:00.000Z')
    assert.equal(targetState(targetClocks(ticket)[0]!, '2026-12-02T09:00:00.000Z'), 'met')
  })
})

describe('warning and miss', () => {
  it('come once each and tell the owner', () => {
    const ticket = openedTicket(planned(simple), (t) => when(t, 'changeOwner', { owner: SAM }))
    const warned = due(ticket, 'sla-firstResponse-warning')
    assert.deepEqual(types(warned), ['slaTargetNear'])
    const notified = notificationsOf({
      before: ticket,
      after: warned.ticket,
      events: warned.events,
    })
    assert.deepEqual(
      notified.map((n) => [n.kind, n.to, n.data['target']]),
      [['slaWarning', { userId: SAM.id }, 'firstResponse']],
    )
    const breached = due(warned.ticket, 'sla-firstResponse-due')
    assert.deepEqual(types(breached), ['slaTargetBreached'])
    assert.deepEqual(
      notificationsOf({
        before: warned.ticket,
        after: breached.ticket,
        events: breached.events,
      }).map((n) => n.kind),
      ['slaBreached'],
    )
    assert.deepEqual(
      plans(breached.ticket).map((p) => p.split(' ')[0]),
      ['sla-resolution-warning', 'sla-resolution-due'],
    )
    assert.equal(dueAt(breached.ticket), '2026-11-24T10:00:00.000Z', 'it is still to be done')
  })

  it('of an earlier plan change nothing when they come late', () => {
    const ticket = openedTicket(planned(simple))
    const late = { target: 'firstResponse' as const, dueAt: '2026-11-24T10:00:00.000Z' }
    const other = planned(slaPlan({ rules: [slaRule({ firstResponse: 90 })] }))(ticket).ticket
    assert.deepEqual(types(when(other, 'breachTarget', late, SYSTEM, late.dueAt)), [])
    assert.deepEqual(
      types(
        when(
          answered('2026-11-24T09:30:00.000Z')(ticket).ticket,
          'breachTarget',
          late,
          SYSTEM,
          late.dueAt,
        ),
      ),
      [],
    )
  })

  it('a warning that comes with the miss says nothing', () => {
    const ticket = openedTicket(planned(simple))
    assert.deepEqual(
      types(
        when(
          ticket,
          'warnOfTarget',
          {
            target: 'firstResponse',
            warnAt: '2026-11-24T09:45:00.000Z',
            dueAt: '2026-11-24T10:00:00.000Z',
          },
          SYSTEM,
          '2026-11-24T11:00:00.000Z',
        ),
      ),
      [],
    )
  })

  it('escalate as the rule says, and do not come again for what the escalation makes shorter', () => {
    const plan = slaPlan({
      rules: [
        slaRule({ resolution: 60, escalatePriority: 'high', escalateOwner: SAM }),
        slaRule({ priority: 'high', resolution: 30 }),
      ],
    })
    const breached = due(openedTicket(planned(plan)), 'sla-resolution-due')
    assert.deepEqual(types(breached), ['slaTargetBreached', 'priorityChanged', 'ownerChanged'])
    assert.equal(breached.ticket.priority, 'high')
    assert.equal(breached.ticket.owner?.id, SAM.id)
    assert.deepEqual(plans(breached.ticket), [])
  })

  it('never lower the priority', () => {
    const plan = slaPlan({ rules: [slaRule({ resolution: 60, escalatePriority: 'high' })] })
    assert.deepEqual(
      types(
        due(
          openedTicket(planned(plan), (t) => when(t, 'changePriority', { priority: 'urgent' })),
          'sla-resolution-due',
        ),
      ),
      ['slaTargetBreached'],
    )
  })

  it('come again when a later time is promised', () => {
    const breached = due(openedTicket(planned(simple)), 'sla-firstResponse-due').ticket
    const longer = planned(slaPlan({ rules: [slaRule({ firstResponse: 600 })] }))(breached).ticket
    assert.deepEqual(plans(longer), [
      'sla-firstResponse-warning 2026-11-24T16:30',
      'sla-firstResponse-due 2026-11-24T19:00',
    ])
  })
})
