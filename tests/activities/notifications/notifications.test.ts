import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import { simpleParser } from 'mailparser'
import { notificationMail, type NotificationMail } from '../../../activities/notifications/index.ts'
import { persistNotifications } from '../../../activities/notifications/projection.ts'
import { sentenceOf } from '../../../domain/explanation.ts'
import type { Notification } from '../../../domain/notifications.ts'
import { SmtpPeer } from '../../harness/smtp-peer.ts'
import { Desk } from '../mail-out/desk.ts'

const OWNER = '019f0000-0000-7000-8000-00000000000a'

describe('notifications', () => {
  let desk: Desk
  let peer: SmtpPeer
  const processes: NotificationMail[] = []
  let eventNo = 0
  /** What the person's workflow has done when something is due. */
  const sendDue = async (
    over: { defaultSmtpUrl?: string | undefined } = {},
    recipient = OWNER,
  ): Promise<string | null> => {
    const one = notificationMail({
      db: desk.db,
      secretKeys: desk.context.secretKeys,
      defaultFrom: 'Help <donotreply@help.example>',
      defaultSmtpUrl: peer.url,
      publicUrl: 'https://help.example',
      ...over,
    })
    processes.push(one)
    return (await one.activities.mailNotifications({ recipient })).next
  }
  const notify = async (...notifications: Partial<Notification>[]): Promise<void> => {
    const whole = notifications.map((n): Notification => ({
      eventNo: ++eventNo,
      kind: 'replyArrived',
      to: { userId: OWNER },
      data: { by: 'Anna', preview: 'It still jams.' },
      ...n,
    }))
    await persistNotifications(desk.db, 1042, whole)
  }
  const dueNow = (): Promise<unknown> =>
    desk.sql(
      'UPDATE notification SET due_at = now() WHERE due_at IS NOT NULL AND mailed_at IS NULL',
    )
  const stop = (): void => {
    for (const one of processes.splice(0)) one.close()
  }

  before(async () => {
    desk = await Desk.open()
    peer = await SmtpPeer.start()
    await desk.ticket(1042)
    await desk.sql(
      `INSERT INTO app_user (id, email, name, role, preferences) VALUES ($1, 'ida@help.example', 'Ida Öst', 'agent', '{"notifications": {"taskDue": "none", "taskAssigned": "app"}}')`,
      [OWNER],
    )
    await desk.sql('INSERT INTO user_department (user_id, department_id) VALUES ($1, $2)', [
      OWNER,
      desk.departmentId,
    ])
  })
  beforeEach(async () => {
    stop()
    await desk.sql('DELETE FROM notification')
    peer.mails.length = 0
  })
  after(async () => {
    stop()
    await peer?.stop()
    await desk?.close()
  })

  it('of one time go in one mail, that no machine answers', async () => {
    await notify({}, { data: { by: 'Anna', preview: 'Now it burns.' } })
    assert.equal(
      (await desk.sql('SELECT 1 FROM notification WHERE due_at <= now()')).length,
      0,
      'they wait for more',
    )
    await dueNow()
    await sendDue()
    assert.equal(peer.mails.length, 1)
    const mail = await simpleParser(peer.mails[0]!.raw)
    assert.match(
      mail.text ?? '',
      /It still jams\.[^]*Now it burns\.[^]*https:\/\/help\.example\/tickets\/1042/,
    )
    assert.deepEqual(
      [peer.mails[0]!.to, mail.headers.get('auto-submitted'), mail.from?.value[0]?.address],
      [['ida@help.example'], 'auto-generated', 'donotreply@help.example'],
    )
  })

  it('say statuses and resolutions as admins call them', async () => {
    const names = { en: '', fr: '' }
    await desk.sql(
      `INSERT INTO resolution (key, names) VALUES ('swapped', '{"fr": "Échangé"}'), ('done', '{"en": "Fixed"}')
       ON CONFLICT (key) DO UPDATE SET names = EXCLUDED.names`,
    )
    await desk.sql(`INSERT INTO setting (key, value) VALUES ('statusNames', $1)`, [
      JSON.stringify({
        new: { en: 'Unread', fr: '' },
        open: names,
        waiting: names,
        solved: { en: 'Repaired', fr: 'Réparé' },
        closed: names,
      }),
    ])
    const chosen = (way: string): Promise<unknown> =>
      desk.sql(
        `UPDATE app_user SET preferences = jsonb_set(preferences, '{notifications,ticketChanged}', to_jsonb($2::text)) WHERE id = $1`,
        [OWNER, way],
      )
    await chosen('mail')
    await notify(
      { kind: 'ticketChanged', data: { what: 'status', by: 'Sam', status: 'solved' } },
      { kind: 'ticketChanged', data: { what: 'status', by: 'Sam', status: 'closed' } },
      {
        kind: 'commandRefused',
        data: {
          what: 'changeStatus',
          code: 'status-not-new-again',
          message: '',
          values: { status: 'new' },
          asked: [
            { what: 'setStatus', value: 'new' },
            { what: 'setStatus', value: 'solved' },
            { what: 'setResolution', value: 'swapped' },
            { what: 'setResolution', value: 'done' },
          ],
        },
      },
    )
    await dueNow()
    await sendDue()
    assert.equal(peer.mails.length, 1)
    await desk.sql(`DELETE FROM setting WHERE key = 'statusNames'`)
    await desk.sql(`DELETE FROM resolution WHERE key = 'swapped'`)
    await desk.sql(`UPDATE resolution SET names = '{}' WHERE key = 'done'`)
    await chosen('app')
    assert.match(
      (await simpleParser(peer.mails[0]!.raw)).text ?? '',
      /now Repaired \(Sam\)[^]*now closed \(Sam\)[^]*to “Unread”\n.*to “Repaired”\n.*to “Échangé”\n.*to “Fixed”\n[^]*cannot become “Unread” again\./,
    )
  })

  for (const [language, words] of [
    [
      'de',
      [
        /Alle Empfänger wurden abgelehnt: gone@client\.example \(550 no such user\)\./,
        /Betrag: 329,00\s€ \+ 1\.200,50\s\$/,
        /Ein Ticket kann nicht mit sich selbst verknüpft werden\./,
        /Ticket öffnen: https/,
      ],
    ],
    [
      'fr',
      [
        /Tous les destinataires ont été refusés\s: gone@client\.example \(550 no such user\)\./,
        /Montant\s: 329,00\s€ \+ 1\s200,50\s\$US/,
        /Un ticket ne peut pas être lié à lui-même\./,
        /Ouvrir le ticket\u00a0: https/,
      ],
    ],
  ] as const)
    it(`speak the person’s language, with the mail server’s own words as they came (${language})`, async () => {
      await desk.sql(
        `UPDATE app_user SET preferences = preferences || jsonb_build_object('language', $2::text) || '{"notifications": {"ticketChanged": "mail"}}' WHERE id = $1`,
        [OWNER, language],
      )
      try {
        await notify(
          {
            kind: 'ticketChanged',
            data: {
              what: 'undelivered',
              by: 'Guichet',
              detail: [
                sentenceOf('all-recipients-refused', {
                  recipients: 'gone@client.example (550 no such user)',
                }),
              ],
            },
          },
          {
            kind: 'approvalAsked',
            data: {
              subject: 'Laptop',
              askedBy: 'Sam',
              amount: { amount: '329.00', currency: 'EUR' },
              furtherAmounts: [{ amount: '1200.50', currency: 'USD' }],
              round: 1,
              expires: '2027-01-01T00:00:00.000Z',
            },
          },
          {
            kind: 'commandRefused',
            data: {
              what: 'linkTicket',
              code: 'link-to-itself',
              message: 'A ticket cannot be linked to itself.',
            },
          },
        )
        await dueNow()
        await sendDue()
        const { text = '' } = await simpleParser(peer.mails[0]!.raw)
        for (const expected of words) assert.match(text, expected)
        assert.doesNotMatch(text, /refused|cannot|329\.00/)
      } finally {
        await desk.sql(
          `UPDATE app_user SET preferences = '{"notifications": {"taskDue": "none", "taskAssigned": "app"}}' WHERE id = $1`,
          [OWNER],
        )
      }
    })

  it('hold what is asked in the asker’s lines, and a purchase’s as a table, in text and HTML', async () => {
    const approvalId = '019f0000-0000-7000-8000-0000000000ab'
    const [textId, purchaseId] = [crypto.randomUUID(), crypto.randomUUID()]
    const mailOf = async (data: object) => {
      await desk.sql(
        `INSERT INTO approval (id, ticket_number, state, asked_at, data) VALUES ($1, 1042, 'waiting', now(), $2)
         ON CONFLICT (id) DO UPDATE SET data = $2`,
        [approvalId, JSON.stringify({ round: 2, textId, ...data })],
      )
      peer.mails.length = 0
      await notify({
        kind: 'approvalAsked',
        data: {
          subject: 'Laptop',
          askedBy: 'Sam',
          approvalId,
          round: 2,
          preview: 'One Two',
          expires: '2027-01-01T00:00:00.000Z',
        },
      })
      await dueNow()
      await sendDue()
      return simpleParser(peer.mails[0]!.raw)
    }
    await desk.sql(`INSERT INTO approval_text (id, ticket_number, text) VALUES ($1, 1042, $2)`, [
      textId,
      'One & only\nTwo\n\nThree',
    ])
    try {
      const asked = await mailOf({})
      assert.match(asked.text ?? '', /One & only\nTwo\n\nThree/)
      assert.match(String(asked.html), /One &#38; only<br>\s*Two<br>\s*<br>\s*Three/)
      assert.match((await mailOf({ round: 3 })).text ?? '', /One Two/, 'asked no more: in short')

      await desk.sql(
        `INSERT INTO purchase (id, ticket_number, state, totals, words, data, created_at, updated_at)
         VALUES ($1, 1042, 'requested', '[]', '', $2, now(), now())`,
        [
          purchaseId,
          JSON.stringify({
            currency: 'EUR',
            lines: [
              {
                item: 'Laptop <15”>',
                quantity: '2',
                unitPrice: '1249.50',
                supplier: 'Acme',
                costCentre: '',
              },
              {
                item: 'Licence',
                quantity: '1.5',
                unitPrice: '10',
                currency: 'USD',
                supplier: '',
                costCentre: '',
              },
            ],
          }),
        ],
      )
      const bought = await mailOf({ purchaseId })
      for (const expected of [
        /2 × Laptop <15”> · Acme, €1,249\.50 each: €2,499\.00\n/,
        /1\.5 × Licence, US\$10\.00 each: US\$15\.00\n/,
        /Total: €2,499\.00\nTotal: US\$15\.00/,
      ])
        assert.match(bought.text ?? '', expected)
      for (const expected of [
        /Laptop &#60;15”&#62; · Acme/,
        />€1,249\.50</,
        />€2,499\.00</,
        />Quantity</,
      ])
        assert.match(String(bought.html), expected)
    } finally {
      await desk.sql(`DELETE FROM approval WHERE id = $1`, [approvalId])
      await desk.sql(`DELETE FROM approval_text WHERE id = $1`, [textId])
      await desk.sql(`DELETE FROM purchase WHERE id = $1`, [purchaseId])
    }
  })

  it('give back what was written with what could not be done, whole, to its writer alone', async () => {
    const BOSS = 'boss@client.example'
    const long = `Dear Anna,\n\n${'We have looked at it. '.repeat(400)}\nIda`
    const returned = (commandId: string, writerId: string | null, text: string) =>
      desk.sql(
        `INSERT INTO returned_text (ticket_number, command_id, writer_id, texts) VALUES (1042, $1, $2, $3)`,
        [commandId, writerId, JSON.stringify([{ field: 'text', text }])],
      )
    await returned('kept-reply', OWNER, long)
    await returned('kept-word', null, 'Ask Eva instead of me.')
    const code = { code: 'ticket-merged', message: '' }
    await notify(
      {
        kind: 'commandRefused',
        data: {
          what: 'reply',
          ...code,
          commandId: 'kept-reply',
          asked: [{ what: 'reply', value: 'Dear' }],
        },
      },
      // Of somebody else’s words nothing is told, whatever is asked for.
      { kind: 'commandRefused', data: { what: 'reply', ...code, commandId: 'kept-word' } },
      {
        kind: 'answerRefused',
        to: { email: BOSS, name: 'Boss' },
        data: {
          what: 'delegateApproval',
          code: 'approval-ended',
          message: '',
          values: { subject: 'Laptop', context: 'withdrawn' },
          commandId: 'kept-word',
          asked: [{ what: 'delegateApproval', name: 'Laptop', value: 'Eva' }],
        },
      },
    )
    await dueNow()
    await sendDue()
    await sendDue({}, BOSS)
    const [own, other] = await Promise.all(
      peer.mails.map(async ({ raw }) => (await simpleParser(raw)).text ?? ''),
    )
    assert.ok(own!.includes(long), own)
    assert.doesNotMatch(own!, /Eva/)
    assert.match(other!, /– .*Laptop.*Eva[^]*What you wrote with it:[^]*Ask Eva instead of me\./)
    assert.doesNotMatch(other!, /Printer|tickets\/1042|We have looked/)
    await desk.sql('DELETE FROM returned_text')
  })

  it('name what could not be done, and tell a voter that the word came too late', async () => {
    await notify(
      {
        kind: 'commandRefused',
        data: {
          what: 'changeProperties',
          code: 'task-not-found',
          message: '',
          asked: [
            { what: 'finishTask', name: 'Order the cable' },
            { what: 'setPriority', value: 'urgent' },
          ],
        },
      },
      {
        kind: 'voteRefused',
        data: { subject: 'Laptop', decision: 'refused', code: 'approval-ended', message: '' },
      },
      {
        kind: 'commandRefused',
        data: {
          what: 'withdrawApproval',
          code: 'approval-nothing-to-withdraw',
          message: '',
          values: { subject: 'Monitor', context: 'approved' },
        },
      },
    )
    await dueNow()
    await sendDue()
    const { text = '' } = await simpleParser(peer.mails[0]!.raw)
    assert.match(text, /– Finish the task “Order the cable”\n– Set the priority to “urgent”/)
    assert.match(text, /Your decision came too late: Laptop[^]*refused “Laptop”[^]*decided already/)
    assert.match(text, /“Monitor” has been approved already\. There is nothing left to withdraw\./)
  })

  it('speak to somebody without an account as whoever asks them works, or as they wrote themselves', async () => {
    const BOSS = 'boss@client.example'
    const approvalId = '019f0000-0000-7000-8000-0000000000aa'
    const asked = async (): Promise<string> => {
      peer.mails.length = 0
      await notify({
        kind: 'approvalAsked',
        to: { email: BOSS, name: 'Boss' },
        data: {
          subject: 'Laptop',
          askedBy: 'Ida',
          approvalId,
          round: 1,
          expires: '2027-01-01T00:00:00.000Z',
        },
      })
      await dueNow()
      await sendDue({}, BOSS)
      return (await simpleParser(peer.mails[0]!.raw)).subject ?? ''
    }
    await desk.sql(
      `INSERT INTO approval (id, ticket_number, state, asked_by_id, asked_at, data) VALUES ($1, 1042, 'waiting', $2, now(), '{}')`,
      [approvalId, OWNER],
    )
    await desk.sql(
      `UPDATE app_user SET preferences = preferences || '{"language": "de"}' WHERE id = $1`,
      [OWNER],
    )
    try {
      assert.equal(await asked(), 'Bitte entscheiden: Laptop')

      const about = { approvalId, subject: 'Laptop', askedBy: 'Ida' }
      const to = { email: BOSS, name: 'Boss' }
      const late = { ...about, decision: 'approved', code: 'approval-withdrawn', message: '' }
      peer.mails.length = 0
      await notify(
        { kind: 'approvalWithdrawn', to, data: { ...about, askedOthers: true } },
        { kind: 'approvalWithdrawn', to, data: about },
        { kind: 'voteRefused', to, data: late },
        // Of what its asker is not known any more.
        { kind: 'voteRefused', to, data: { ...late, approvalId: undefined } },
        { kind: 'voteRefused', to, data: late },
      )
      await dueNow()
      await sendDue({}, BOSS)
      const gathered = await simpleParser(peer.mails[0]!.raw)
      assert.deepEqual([peer.mails.length, gathered.subject], [1, '5 Neuigkeiten für Sie'])
      assert.match(
        gathered.text ?? '',
        /entscheiden sollen jetzt andere\.[^]*Die Anfrage wurde zurückgezogen\./,
      )
      assert.doesNotMatch(gathered.text ?? '', /Your decision/)
      await desk.sql(
        `INSERT INTO message (id, ticket_number, direction, state, from_address, subject, language, date) VALUES (gen_random_uuid(), 1042, 'inbound', 'received', $1, 'Bonjour', 'fr', now())`,
        [BOSS],
      )
      assert.match(await asked(), /^À décider\s: Laptop$/)
    } finally {
      await desk.sql(`UPDATE app_user SET preferences = preferences - 'language' WHERE id = $1`, [
        OWNER,
      ])
      await desk.sql(`DELETE FROM approval WHERE id = $1`, [approvalId])
      await desk.sql(`DELETE FROM message WHERE from_address = $1`, [BOSS])
    }
  })

  it('of ten changes within a minute go in one mail with the first, and the next mail is a minute later', async () => {
    for (let second = 0; second < 10; second++) {
      await notify({ kind: 'replyArrived', data: { by: 'Anna', preview: `Change ${second}.` } })
      // As if the first had come 60 seconds ago and the others after it, one every six seconds.
      await desk.sql(
        `UPDATE notification SET created_at = created_at - make_interval(secs => 60 - 6 * $1::int), due_at = due_at - make_interval(secs => 60 - 6 * $1::int) WHERE event_no = $2`,
        [second, eventNo],
      )
    }
    await sendDue()
    assert.equal(peer.mails.length, 1)
    const { text = '' } = await simpleParser(peer.mails[0]!.raw)
    for (let second = 0; second < 10; second++)
      assert.match(text, new RegExp(`Change ${second}\\.`))
    assert.equal((await desk.sql('SELECT 1 FROM notification WHERE mailed_at IS NULL')).length, 0)
    await notify({})
    assert.equal(
      (
        await desk.sql(
          `SELECT 1 FROM notification WHERE mailed_at IS NULL AND due_at > now() + interval '55 seconds'`,
        )
      ).length,
      1,
    )
    assert.equal(peer.mails.length, 1)
  })

  it('are written once, however often their event is', async () => {
    const notification: Notification = {
      eventNo: 900,
      kind: 'replyArrived',
      to: { userId: OWNER },
      data: {},
    }
    await persistNotifications(desk.db, 1042, [notification])
    await persistNotifications(desk.db, 1042, [notification])
    assert.equal((await desk.sql('SELECT 1 FROM notification')).length, 1)
  })

  it('come as the person chose: by mail, in the app alone, not at all', async () => {
    await notify({ kind: 'taskDue' }, { kind: 'taskAssigned' }, { kind: 'replyArrived' })
    assert.deepEqual(
      await desk.sql('SELECT kind, due_at IS NOT NULL AS mail FROM notification ORDER BY kind'),
      [
        { kind: 'replyArrived', mail: true },
        { kind: 'taskAssigned', mail: false },
      ],
    )
  })

  it('are not mailed to who may not see the ticket any more', async () => {
    await notify({})
    await dueNow()
    await desk.sql('DELETE FROM user_department WHERE user_id = $1', [OWNER])
    await sendDue()
    assert.equal(
      (await desk.sql('SELECT 1 FROM notification WHERE due_at IS NULL AND failure IS NOT NULL'))
        .length,
      1,
      'it is dropped',
    )
    assert.equal(peer.mails.length, 0)
    await desk.sql('INSERT INTO user_department (user_id, department_id) VALUES ($1, $2)', [
      OWNER,
      desk.departmentId,
    ])
  })

  it('are kept and tried again while the mail server refuses them', async () => {
    peer.fail({ kind: 'reject', at: 'data', code: 451 })
    await notify({})
    await dueNow()
    await assert.rejects(sendDue())
    assert.equal(
      (await desk.sql('SELECT 1 FROM notification WHERE failure IS NOT NULL AND due_at <= now()'))
        .length,
      1,
      'the failure is known, and it waits for the next attempt',
    )
    assert.equal(await sendDue(), null)
    assert.equal(peer.mails.length, 1)
  })

  it('are given up by mail after five days, and stay in the app', async () => {
    await notify({})
    await dueNow()
    await desk.sql(`UPDATE notification SET created_at = now() - interval '6 days'`)
    await assert.rejects(sendDue({ defaultSmtpUrl: undefined }))
    assert.equal((await desk.sql('SELECT 1 FROM notification WHERE due_at IS NULL')).length, 1)
    assert.equal(await sendDue(), null)
    assert.equal(peer.mails.length, 0)
  })

  it('say when the next mail is due', async () => {
    await notify({})
    const [row] = await desk.sql('SELECT due_at FROM notification')
    assert.equal(await sendDue(), (row?.['due_at'] as Date).toISOString())
    assert.equal(peer.mails.length, 0)
  })

  it('say what is missing when no mail server is set up', async () => {
    await notify({})
    await dueNow()
    await assert.rejects(sendDue({ defaultSmtpUrl: undefined }))
    assert.equal(
      (await desk.sql(`SELECT 1 FROM notification WHERE failure LIKE 'No mail server is set up%'`))
        .length,
      1,
    )
  })
})
