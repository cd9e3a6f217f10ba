import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { ConnectionTest } from '../../../domain/contract.ts'
import type { Department } from '../../../domain/people/contract.ts'
import type { Mailbox } from '../../../domain/mail-in/contract.ts'
import { unseal } from '../../../platform/secrets/sealed-secret.ts'
import { silentServer } from '../../harness/silent-server.ts'
import { SmtpPeer } from '../../harness/smtp-peer.ts'
import { ApiDesk, SECRET_KEYS } from '../support/api-desk.ts'
import { assertProblem } from '../support/problems.ts'

const imap = { host: 'imap.desk.example', user: 'it', password: 'imap secret' }

describe('what an admin sets up', () => {
  let desk: ApiDesk
  let it_: Department

  before(async () => {
    desk = await ApiDesk.open()
    it_ = await desk.department('IT')
  })
  after(() => desk?.close())

  const api = () => desk.admin.client
  const column = async (sql: string, ...values: unknown[]): Promise<unknown> =>
    Object.values((await desk.pool.query<Record<string, unknown>>(sql, values)).rows[0] ?? {})[0]

  describe('departments', () => {
    it('have a name of their own', async () => {
      assertProblem(
        await api().request('POST', '/departments', { name: 'IT' }),
        409,
        'department-name-taken',
      )
      const hr = await api().post<Department>('/departments', {
        name: ' HR ',
        signature: 'Human Resources',
      })
      assert.deepEqual(hr, {
        id: hr.id,
        name: 'HR',
        signature: 'Human Resources',
        acknowledge: true,
        senderFrom: null,
        mailboxAddresses: [],
      })
      assertProblem(
        await api().request('PATCH', `/departments/${hr.id}`, { name: 'IT' }),
        409,
        'department-name-taken',
      )
      assert.equal(
        (await api().patch<Department>(`/departments/${hr.id}`, { acknowledge: false })).signature,
        'Human Resources',
        'what is left out stays',
      )
      assert.deepEqual(
        (await api().get<{ items: Department[] }>('/departments')).items.map((d) => d.name),
        ['HR', 'IT'],
      )
    })

    it('are removed only while nothing is in them', async () => {
      const empty = await desk.department('Short-lived')
      assert.equal((await api().request('DELETE', `/departments/${empty.id}`)).status, 204)
      assertProblem(await api().request('DELETE', `/departments/${empty.id}`), 404)
      const used = await desk.department('Busy')
      await desk.mailTicket(used)
      assertProblem(
        await api().request('DELETE', `/departments/${used.id}`),
        409,
        'department-in-use',
      )
      const addressed = await desk.department('Addressed')
      await api().post('/mailboxes', {
        address: 'addressed@desk.example',
        departmentId: addressed.id,
      })
      assertProblem(
        await api().request('DELETE', `/departments/${addressed.id}`),
        409,
        'department-in-use',
      )
    })
  })

  describe('a mailbox', () => {
    let box: Mailbox

    it('is watched from then on; its password is sealed and never shown', async () => {
      box = await api().post<Mailbox>('/mailboxes', {
        address: 'IT@desk.example',
        aliases: ['help@desk.example'],
        departmentId: it_.id,
        imap,
      })
      assert.deepEqual(box, {
        id: box.id,
        address: 'it@desk.example',
        aliases: ['help@desk.example'],
        plusAddresses: true,
        departmentId: it_.id,
        enabled: true,
        status: 'new',
        lastError: null,
        lastErrorExplanation: null,
        lastContactAt: null,
        imap: {
          host: imap.host,
          port: 993,
          secure: true,
          user: 'it',
          folder: 'INBOX',
          afterImport: 'keep',
          allowInvalidCertificate: false,
          hasPassword: true,
          oauth2Provider: null,
        },
        ledger: {
          ticket: 0,
          reply: 0,
          report: 0,
          duplicate: 0,
          ignored: 0,
          quarantine: 0,
          waiting: 0,
        },
      })
      assert.deepEqual(desk.mailboxCalls.at(-1), ['added', box.id, 'it@desk.example'])
      const sealed = String(
        await column('SELECT password_sealed FROM mailbox WHERE id = $1', box.id),
      )
      assert.equal(sealed.includes('secret'), false)
      assert.equal(unseal(SECRET_KEYS, sealed), 'imap secret')
      assert.equal(
        JSON.stringify((await api().get<{ items: Mailbox[] }>('/mailboxes')).items).includes(
          'secret',
        ),
        false,
      )
      assert.deepEqual((await api().get<Department>(`/departments/${it_.id}`)).mailboxAddresses, [
        'it@desk.example',
      ])
    })

    it('has an address that no other has, not as an alias either', async () => {
      for (const address of ['it@desk.example', 'help@desk.example'])
        assertProblem(
          await api().request('POST', '/mailboxes', { address, departmentId: it_.id }),
          409,
          'address-taken',
        )
      assertProblem(
        await api().request('POST', '/mailboxes', {
          address: 'new@desk.example',
          aliases: ['IT@desk.example'],
          departmentId: it_.id,
        }),
        409,
        'address-taken',
      )
      assertProblem(
        await api().request('POST', '/mailboxes', {
          address: 'new@desk.example',
          departmentId: '00000000-0000-4000-8000-000000000000',
        }),
        422,
        'department-not-found',
      )
      assertProblem(
        await api().request('POST', '/mailboxes', {
          address: 'new@desk.example',
          departmentId: it_.id,
          imap: { host: 'h', user: 'u' },
        }),
        422,
        'password-needed',
      )
    })

    it('changes only in what is named; the cursor stays unless it is another folder', async () => {
      await desk.pool.query(
        'UPDATE mailbox SET uid_validity = 7, last_uid = 42, status = $2 WHERE id = $1',
        [box.id, 'watching'],
      )
      const changed = await api().patch<Mailbox>(`/mailboxes/${box.id}`, {
        imap: { port: 143, secure: false, afterImport: 'move:Done' },
      })
      assert.deepEqual(
        [
          changed.imap?.host,
          changed.imap?.port,
          changed.imap?.secure,
          changed.imap?.folder,
          changed.imap?.afterImport,
          changed.imap?.hasPassword,
        ],
        [imap.host, 143, false, 'INBOX', 'move:Done', true],
      )
      assert.equal(
        unseal(
          SECRET_KEYS,
          String(await column('SELECT password_sealed FROM mailbox WHERE id = $1', box.id)),
        ),
        'imap secret',
      )
      assert.equal(await column('SELECT last_uid::int FROM mailbox WHERE id = $1', box.id), 42)
      await api().patch(`/mailboxes/${box.id}`, { imap: { folder: 'Support' } })
      assert.equal(await column('SELECT last_uid::int FROM mailbox WHERE id = $1', box.id), 0)
      assert.deepEqual(desk.mailboxCalls.at(-1), ['changed', box.id])
    })

    it('read from another account begins a ledger of its own, whose UIDs may be those of the old one', async () => {
      const known = () =>
        desk.pool.query(
          `SELECT 1 FROM mail WHERE mailbox_id = $1 AND folder = 'INBOX' AND uid_validity = 7 AND uid = 1`,
          [box.id],
        )
      await desk.pool.query(
        `INSERT INTO mail (id, mailbox_id, source, folder, uid_validity, uid, content_key, blob_sha256, size, state, outcome) VALUES (gen_random_uuid(), $1, 'imap', 'INBOX', 7, 1, 'key', 'sha', 1, 'settled', 'ignored')`,
        [box.id],
      )
      await api().patch(`/mailboxes/${box.id}`, { imap: { port: 993 } })
      assert.equal((await known()).rowCount, 1)
      await api().patch(`/mailboxes/${box.id}`, {
        imap: { user: 'another', password: 'imap secret' },
      })
      assert.equal((await known()).rowCount, 0)
      await desk.pool.query('DELETE FROM mail WHERE mailbox_id = $1', [box.id])
    })

    it('does not take its stored password to another server, account or program, nor past a certificate', async () => {
      for (const imap of [
        { host: 'elsewhere.example' },
        { port: 3897 },
        { user: 'somebody' },
        { allowInvalidCertificate: true },
      ]) {
        const mailbox = `/mailboxes/${box.id}`
        assertProblem(await api().request('PATCH', mailbox, { imap }), 422, 'password-needed')
        assertProblem(
          await api().request('POST', `${mailbox}/test`, { imap }),
          422,
          'password-needed',
        )
      }
    })

    it('signs in by OAuth2 in place of a password', async () => {
      const oauth2 = {
        provider: 'microsoft',
        clientId: 'client',
        clientSecret: 'client secret',
        refreshToken: 'refresh secret',
      }
      const changed = await api().patch<Mailbox>(`/mailboxes/${box.id}`, { imap: { oauth2 } })
      assert.deepEqual(
        [changed.imap?.hasPassword, changed.imap?.oauth2Provider],
        [false, 'microsoft'],
      )
      assert.equal(JSON.stringify(changed).includes('secret'), false)
      assert.equal(
        JSON.parse(
          unseal(
            SECRET_KEYS,
            String(await column('SELECT oauth_sealed FROM mailbox WHERE id = $1', box.id)),
          ),
        ).refreshToken,
        'refresh secret',
      )
      await api().patch(`/mailboxes/${box.id}`, { imap: { password: 'imap secret' } })
    })

    it('is left to the built-in receiver, switched off, and removed with its password', async () => {
      assert.deepEqual(
        [
          (await api().patch<Mailbox>(`/mailboxes/${box.id}`, { imap: null })).status,
          (await api().patch<Mailbox>(`/mailboxes/${box.id}`, { enabled: false })).status,
        ],
        ['receiving', 'disabled'],
      )
      assert.equal((await api().request('DELETE', `/mailboxes/${box.id}`)).status, 204)
      assert.deepEqual(desk.mailboxCalls.at(-1), ['removed', box.id])
      assertProblem(await api().request('GET', `/mailboxes/${box.id}`), 404)
      assert.equal(await column('SELECT password_sealed FROM mailbox WHERE id = $1', box.id), null)
    })

    it('comes back with its ledger when it is added again', async () => {
      const sha = await desk.blobs.put(Buffer.from('x'))
      for (const [uid, end] of [
        [1, 'ticket'],
        [2, 'ticket'],
        [3, 'quarantine'],
        [4, null],
      ] as const) {
        await desk.pool.query(
          `INSERT INTO mail (id, mailbox_id, source, uid, content_key, blob_sha256, size, outcome) VALUES (gen_random_uuid(), $1, 'imap', $2, $3, $4, 1, $5)`,
          [box.id, uid, `k${uid}`, sha, end],
        )
      }
      const again = await api().post<Mailbox>('/mailboxes', {
        address: 'it@desk.example',
        departmentId: it_.id,
        imap,
      })
      assert.equal(again.id, box.id)
      assert.deepEqual(again.ledger, {
        ticket: 2,
        reply: 0,
        report: 0,
        duplicate: 0,
        ignored: 0,
        quarantine: 1,
        waiting: 1,
      })
    })
  })

  describe('"test connection"', () => {
    it('says what is wrong as an answer, in time, and gives no password away', async () => {
      const silent = await silentServer()
      const peer = await SmtpPeer.start({ user: 'it', password: 'right' })
      try {
        const refused = await api().post<ConnectionTest>('/mailboxes/test', {
          imap: { ...imap, host: '127.0.0.1', port: 1, secure: false },
        })
        assert.deepEqual([refused.ok, typeof refused.message], [false, 'string'])
        const hanging = await api().post<ConnectionTest>('/mailboxes/test', {
          imap: { ...imap, host: silent.host, port: silent.port, secure: false },
        })
        assert.equal(hanging.ok, false)
        const smtp = { host: peer.host, port: peer.port, user: 'it', password: 'wrong password' }
        const sender = await api().post<ConnectionTest>(`/departments/${it_.id}/sender/test`, {
          sender: { from: 'it@desk.example', smtp },
        })
        assert.equal(sender.ok, false)
        assert.equal(JSON.stringify([refused, hanging, sender]).includes('wrong password'), false)
        const right = await api().post<ConnectionTest>(`/departments/${it_.id}/sender/test`, {
          sender: { from: 'it@desk.example', smtp: { ...smtp, password: 'right' } },
          to: 'admin@desk.example',
        })
        assert.equal(right.ok, true, right.message)
        assert.deepEqual(
          peer.mails.map((m) => [m.from, m.to]),
          [['it@desk.example', ['admin@desk.example']]],
        )
      } finally {
        await Promise.all([silent.stop(), peer.stop()])
      }
    })

    it('needs something to try', async () => {
      assertProblem(await api().request('POST', '/mailboxes/test', {}), 422, 'imap-incomplete')
      assertProblem(
        await api().request(
          'POST',
          `/departments/${(await desk.department('Plain')).id}/sender/test`,
        ),
        404,
      )
    })
  })

  describe('a sender', () => {
    const smtp = {
      host: 'smtp.desk.example',
      port: 465,
      secure: true,
      user: 'it-out',
      password: 'smtp secret',
    }
    const path = () => `/departments/${it_.id}/sender`

    it('is none at first: the department then writes one-way', async () => {
      assert.deepEqual(await api().get(path()), {
        sender: null,
        oneWayFrom: 'DoNotReply <donotreply@help.example>',
      })
      assertProblem(await api().request('DELETE', path()), 404)
      assertProblem(
        await api().request('GET', '/departments/00000000-0000-4000-8000-000000000000/sender'),
        404,
      )
    })

    it('keeps its password sealed, and over changes of other settings', async () => {
      const shown = {
        from: 'IT Support <it@desk.example>',
        smtp: {
          host: smtp.host,
          port: 465,
          secure: true,
          user: 'it-out',
          allowInvalidCertificate: false,
          hasPassword: true,
        },
        dkim: null,
      }
      assert.deepEqual(await api().put(path(), { from: shown.from, smtp }), {
        sender: shown,
        oneWayFrom: 'DoNotReply <donotreply@help.example>',
      })
      const { password: _, ...rest } = smtp
      assert.deepEqual(
        await api().put(path(), {
          from: 'it@desk.example',
          smtp: { ...rest, port: 587, secure: false },
        }),
        {
          sender: {
            ...shown,
            from: 'it@desk.example',
            smtp: { ...shown.smtp, port: 587, secure: false },
          },
          oneWayFrom: 'DoNotReply <donotreply@help.example>',
        },
      )
      assert.equal(
        unseal(
          SECRET_KEYS,
          String(
            await column('SELECT password_sealed FROM sender WHERE department_id = $1', it_.id),
          ),
        ),
        'smtp secret',
      )
      assert.equal(
        (await api().get<Department>(`/departments/${it_.id}`)).senderFrom,
        'it@desk.example',
      )
    })

    it('does not take its stored password to another server, account or program, nor past a certificate', async () => {
      const { password: _, ...rest } = smtp
      for (const other of [
        { host: 'elsewhere.example' },
        { port: 3897 },
        { user: 'somebody' },
        { allowInvalidCertificate: true },
      ]) {
        const sender = { from: 'it@desk.example', smtp: { ...rest, ...other } }
        assertProblem(await api().request('PUT', path(), sender), 422, 'password-needed')
        assertProblem(
          await api().request('POST', `${path()}/test`, { sender }),
          422,
          'password-needed',
        )
      }
    })

    it('signs with DKIM, whose key is sealed too', async () => {
      const dkim = { domain: 'desk.example', selector: 's1' }
      assertProblem(
        await api().request('PUT', path(), { from: 'it@desk.example', smtp, dkim }),
        422,
        'dkim-key-needed',
      )
      const state = await api().put<{ sender: { dkim: unknown } }>(path(), {
        from: 'it@desk.example',
        smtp,
        dkim: { ...dkim, privateKey: 'key secret' },
      })
      assert.deepEqual(state.sender.dkim, dkim)
      assert.equal(
        JSON.stringify(
          await column('SELECT dkim FROM sender WHERE department_id = $1', it_.id),
        ).includes('key secret'),
        false,
      )
    })

    it('is removed, or loses its password, when told so', async () => {
      const without = await api().put<{ sender: { smtp: { hasPassword: boolean } } }>(path(), {
        from: 'it@desk.example',
        smtp: { ...smtp, user: null, password: null },
      })
      assert.equal(without.sender.smtp.hasPassword, false)
      assert.equal((await api().request('DELETE', path())).status, 204)
    })
  })

  it('categories are a tree without circles, and stay while tickets are in them', async () => {
    const hardware = await api().post<{ id: string }>('/categories', { name: 'Hardware' })
    const printers = await api().post<{ id: string; parentId: string }>('/categories', {
      name: 'Printers',
      parentId: hardware.id,
      departmentId: it_.id,
    })
    assert.equal(printers.parentId, hardware.id)
    assertProblem(
      await api().request('PATCH', `/categories/${hardware.id}`, { parentId: printers.id }),
      422,
      'category-circle',
    )
    for (let round = 0; round < 10; round++) {
      const [one, other] = await Promise.all(
        ['One', 'Other'].map((name) => api().post<{ id: string }>('/categories', { name })),
      )
      const moves = [
        [one!.id, other!.id],
        [other!.id, one!.id],
      ].map(([id, parentId]) => api().request('PATCH', `/categories/${id}`, { parentId }))
      const answers = await Promise.all(moves)
      assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 422], 'at once')
    }
    assertProblem(
      await api().request('POST', '/categories', {
        name: 'x',
        parentId: '00000000-0000-4000-8000-000000000000',
      }),
      422,
      'category-not-found',
    )
    assertProblem(
      await api().request('DELETE', `/categories/${hardware.id}`),
      409,
      'category-in-use',
    )
    assert.deepEqual(
      await api().patch(`/categories/${printers.id}`, { parentId: null, name: 'Printing' }),
      {
        id: printers.id,
        name: 'Printing',
        parentId: null,
        departmentId: it_.id,
        defaultDepartmentId: null,
        defaultOwnerId: null,
        defaultPriority: null,
      },
    )
    const { number } = await desk.mailTicket(it_)
    await api().patch(`/tickets/${number}`, { categoryId: printers.id })
    assertProblem(
      await api().request('DELETE', `/categories/${printers.id}`),
      409,
      'category-in-use',
    )
    assert.equal((await api().request('DELETE', `/categories/${hardware.id}`)).status, 204)
  })

  it('canned replies are for everybody or for one department', async () => {
    const hr = await desk.department('People')
    const all = await api().post<{ id: string }>('/templates', {
      name: 'Thanks',
      body: 'Thank you, {{requester.name}}.',
    })
    const theirs = await api().post<{ id: string }>('/templates', {
      name: 'Leave',
      body: 'Your leave',
      departmentId: hr.id,
    })
    const { client } = await desk.person('Ida IT', 'agent', [it_])
    assert.deepEqual(
      (await client.get<{ items: { id: string }[] }>('/templates')).items.map((t) => t.id),
      [all.id],
    )
    assert.deepEqual(
      (await api().get<{ items: { id: string }[] }>('/templates')).items.map((t) => t.id),
      [theirs.id, all.id],
    )
    assert.deepEqual(await api().patch(`/templates/${theirs.id}`, { departmentId: null }), {
      id: theirs.id,
      name: 'Leave',
      body: 'Your leave',
      departmentId: null,
    })
    assert.equal((await api().request('DELETE', `/templates/${theirs.id}`)).status, 204)
    assertProblem(await api().request('DELETE', `/templates/${theirs.id}`), 404)
  })
})
