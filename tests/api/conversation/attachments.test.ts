import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Problem } from '../../../domain/contract.ts'
import type { Department } from '../../../domain/people/contract.ts'
import type { Attachment, Message, Note } from '../../../domain/conversation/contract.ts'
import { ApiDesk, type Person } from '../support/api-desk.ts'
import { assertProblem } from '../support/problems.ts'

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(text))

describe('attachments', () => {
  let desk: ApiDesk
  let sam: Person
  let it_: Department
  let number: number

  before(async () => {
    desk = await ApiDesk.open()
    it_ = await desk.department('IT')
    sam = await desk.person('Sam Smith', 'agent', [it_])
    number = (await desk.mailTicket(it_)).number
  })
  after(() => desk?.close())

  const upload = (
    filename: string,
    contentType: string,
    bytes = bytesOf('content'),
  ): Promise<Attachment> =>
    sam.client.upload<Attachment>('/attachments', { filename, contentType, bytes })

  it('are kept to the byte under their name and type', async () => {
    const bytes = new Uint8Array(
      Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 7) % 256)),
    )
    const file = await upload('Bericht – März.pdf', 'application/pdf', bytes)
    const { id, ...rest } = file
    assert.deepEqual(rest, {
      filename: 'Bericht – März.pdf',
      contentType: 'application/pdf',
      size: 300_000,
      inline: false,
      contentId: null,
    })
    const answer = await sam.client.fetch('GET', `/attachments/${id}`)
    assert.deepEqual(new Uint8Array(await answer.arrayBuffer()), bytes)
    assert.equal(answer.headers.get('content-type'), 'application/pdf')
  })

  const broken = {
    'ends within the file':
      '--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nabc',
    'ends within the head of a part': '--b\r\nContent-Disposition: form-data; na',
    'ends before its first part': '--b\r\n',
    'has another boundary': '--c\r\n\r\nabc\r\n--c--\r\n',
  }
  for (const [how, body] of Object.entries(broken))
    it(`are refused as malformed when the form ${how}`, async () => {
      for (const headers of [undefined, { 'idempotency-key': how.replaceAll(' ', '-') }]) {
        const answer = await sam.client.fetch('POST', '/attachments', undefined, {
          headers: { 'content-type': 'multipart/form-data; boundary=b', ...headers },
          body,
        })
        const { code } = (await answer.json()) as Problem
        assert.deepEqual([answer.status, code], [400, 'form-malformed'])
      }
    })

  it('are refused by the name of a part that is not known, and when there are two', async () => {
    const forms: [pointer: string, form: FormData][] = (
      [
        ['/file', ['file', 'file']],
        ['/attachment', ['attachment']],
        ['/attachment', ['file', 'attachment']],
        ['/note', ['file', 'note']],
      ] as const
    ).map(([pointer, names]) => {
      const form = new FormData()
      for (const name of names)
        if (name === 'note') form.append(name, 'a text')
        else form.append(name, new Blob(['content'], { type: 'text/plain' }), 'a.txt')
      return [pointer, form]
    })
    for (const [pointer, form] of forms) {
      const answer = await sam.client.request('POST', '/attachments', form)
      const { errors } = assertProblem(answer, 400, 'request-invalid')
      assert.deepEqual(
        errors?.map((one) => [one.pointer, one.code]),
        [[pointer, 'unknown']],
      )
    }
  })

  it('belong to the message, note or ticket that names them, and to one only', async () => {
    const [a, b, c] = [
      await upload('a.txt', 'text/plain'),
      await upload('b.txt', 'text/plain'),
      await upload('c.txt', 'text/plain'),
    ]
    const message = await sam.client.post<Message>(`/tickets/${number}/messages`, {
      text: 'See attached',
      attachmentIds: [b.id, a.id],
    })
    assert.deepEqual(
      message.attachments.map((x) => x.filename),
      ['b.txt', 'a.txt'],
      'in the order given',
    )
    const note = await sam.client.post<Note>(`/tickets/${number}/notes`, {
      text: 'Log',
      attachmentIds: [c.id],
    })
    assert.deepEqual(
      note.attachments.map((x) => x.id),
      [c.id],
    )
    assertProblem(
      await sam.client.request('POST', `/tickets/${number}/notes`, {
        text: 'Again',
        attachmentIds: [c.id],
      }),
      422,
      'attachment-not-available',
    )
    assert.equal(
      (await sam.client.get<{ items: Note[] }>(`/tickets/${number}/notes`)).items.length,
      1,
      'a refused note leaves nothing',
    )
    const d = await upload('d.txt', 'text/plain')
    const ticket = await sam.client.post<{ number: number; hasAttachments: boolean }>('/tickets', {
      subject: 'By phone',
      departmentId: it_.id,
      requester: { email: 'b@client.example' },
      attachmentIds: [d.id],
    })
    assert.equal(ticket.hasAttachments, true)
    const {
      items: [first],
    } = await sam.client.get<{ items: Message[] }>(`/tickets/${ticket.number}/messages`)
    assert.deepEqual(
      first?.attachments.map((x) => x.id),
      [d.id],
    )
  })

  it('can run nothing in the browser of who opens them', async () => {
    const types: [filename: string, type: string, inline: boolean][] = [
      ['photo.png', 'image/png', true],
      ['scan.pdf', 'application/pdf', true],
      ['page.html', 'text/html', false],
      ['logo.svg', 'image/svg+xml', false],
      ['x.xml', 'application/xml', false],
      ['script.js', 'text/javascript', false],
      ['notes.txt', 'text/plain', false],
    ]
    for (const [filename, type, inline] of types) {
      const { id } = await upload(filename, type)
      for (const [query, shown] of [
        ['', false],
        ['?inline=1', inline],
      ] as const) {
        const answer = await sam.client.fetch('GET', `/attachments/${id}${query}`)
        const disposition = answer.headers.get('content-disposition') ?? ''
        assert.equal(
          disposition.startsWith(shown ? 'inline;' : 'attachment;'),
          true,
          `${filename}${query}: ${disposition}`,
        )
        assert.equal(answer.headers.get('x-content-type-options'), 'nosniff')
        assert.match(
          answer.headers.get('content-security-policy') ?? '',
          type === 'application/pdf' ? /default-src 'none'/ : /default-src 'none'; sandbox/,
        )
        assert.match(answer.headers.get('cache-control') ?? '', /private/)
        await answer.arrayBuffer()
      }
    }
  })

  it('have a name that is a name and nothing else, whatever a stranger called them', async () => {
    const names: [given: string, ascii: string, utf8: string][] = [
      ['../../etc/passwd', 'passwd', 'passwd'],
      ['C:\\Windows\\system32\\evil.exe', 'evil.exe', 'evil.exe'],
      ['a"b\r\nSet-Cookie: x=1.txt', 'a_bSet-Cookie: x=1.txt', 'a%22bSet-Cookie%3A%20x%3D1.txt'],
      [
        'Ärger für 2 € (neu).txt',
        'Arger fur 2  (neu).txt',
        '%C3%84rger%20f%C3%BCr%202%20%E2%82%AC%20%28neu%29.txt',
      ],
      ['invoice\u202efdp.exe', 'invoicefdp.exe', 'invoicefdp.exe'],
      ['', 'attachment', 'attachment'],
    ]
    const { attachmentIds } = await desk.mailTicket(it_, {
      attachments: names.map(([filename]) => ({
        filename,
        contentType: 'text/plain; name="x"\r\n',
        bytes: Buffer.from('x'),
      })),
    })
    for (const [i, [, ascii, utf8]] of names.entries()) {
      const answer = await sam.client.fetch('GET', `/attachments/${attachmentIds[i]}`)
      assert.equal(
        answer.headers.get('content-disposition'),
        `attachment; filename="${ascii}"; filename*=UTF-8''${utf8}`,
      )
      assert.equal(answer.headers.get('set-cookie'), null)
      assert.equal(answer.headers.get('content-type'), 'text/plain')
    }
  })

  it('with a type that is none are bytes', async () => {
    const {
      attachmentIds: [id],
    } = await desk.mailTicket(it_, {
      attachments: [{ filename: 'x', contentType: 'no type at all', bytes: Buffer.from('x') }],
    })
    assert.equal(
      (await sam.client.fetch('GET', `/attachments/${id}`)).headers.get('content-type'),
      'application/octet-stream',
    )
  })

  it('are not sent twice to a browser that has them', async () => {
    const { id } = await upload('a.png', 'image/png')
    const tag = (await sam.client.fetch('GET', `/attachments/${id}`)).headers.get('etag') ?? ''
    const cookie = (
      await (
        await desk
          .client()
          .fetch('POST', '/session', { email: sam.email, password: 'correct horse battery' })
      ).headers.getSetCookie()
    )[0]!.split(';')[0]!
    const again = await fetch(`${desk.url}/api/v1/attachments/${id}`, {
      headers: { cookie, 'if-none-match': tag },
    })
    assert.deepEqual([again.status, (await again.arrayBuffer()).byteLength], [304, 0])
  })

  it('too large are refused with a clear answer', async () => {
    const big = await sam.client.request(
      'POST',
      '/attachments',
      form('big.bin', new Uint8Array(50 * 1024 * 1024 + 1)),
    )
    assertProblem(big, 413, 'too-large')
    const { rows } = await desk.pool.query(`SELECT 1 FROM attachment WHERE filename = 'big.bin'`)
    assert.equal(rows.length, 0)
    assert.equal(
      (await upload('largest.bin', 'application/octet-stream', new Uint8Array(50 * 1024 * 1024)))
        .size,
      50 * 1024 * 1024,
    )
  })

  it('need a file, and one at a time', async () => {
    assertProblem(
      await sam.client.request('POST', '/attachments', new FormData()),
      400,
      'file-missing',
    )
    assertProblem(
      await sam.client.request('POST', '/attachments', { filename: 'x' }),
      415,
      'media-type-unsupported',
    )
    assertProblem(
      await (
        await desk.person('Alma Approver', 'approver')
      ).client.request('POST', '/attachments', form('a.txt', bytesOf('a'))),
      403,
    )
  })

  it('that a mail’s HTML shows are asked for by their address here', async () => {
    const {
      number: n,
      attachmentIds: [id],
    } = await desk.mailTicket(it_, {
      html: '<p>Look: <img src="cid:Logo%40x" alt="logo"> <img src=\'cid:gone@x\'> <img data-remote-src="https://tracker.example/p.gif"></p>',
      attachments: [
        {
          filename: 'logo.png',
          contentType: 'image/png',
          bytes: Buffer.from('png'),
          contentId: 'logo@x',
        },
      ],
    })
    const {
      items: [message],
    } = await sam.client.get<{ items: Message[] }>(`/tickets/${n}/messages`)
    assert.equal(
      message?.html,
      `<p>Look: <img src="/api/v1/attachments/${id}" alt="logo"> <img> <img data-remote-src="https://tracker.example/p.gif"></p>`,
    )
    assert.equal(message.hasRemoteImages, true)
    assert.deepEqual(
      message.attachments.map((a) => [a.inline, a.contentId]),
      [[true, 'logo@x']],
    )
  })

  it('go with what was refused long ago, where nobody lived to take it back', async () => {
    /** @returns the ids of what an API process wrote down before it died, and of its file. */
    async function leftBehind(
      what: 'reply' | 'note',
      code: string | null,
      days: number,
      eventNo: number | null = null,
    ): Promise<[id: string, file: string]> {
      const { id: file } = await upload('late.txt', 'text/plain')
      const id = crypto.randomUUID()
      const table = what === 'note' ? 'note' : 'message'
      await (what === 'note'
        ? desk.pool.query(
            `INSERT INTO note (id, ticket_number, author_name, text, event_no) VALUES ($1, $2, 'Sam', 'x', $3)`,
            [id, number, eventNo],
          )
        : desk.pool.query(
            `INSERT INTO message (id, ticket_number, direction, state, from_address, subject, date, event_no)
             VALUES ($1, $2, 'outbound', 'queued', 'it@help.example', 'Re', now(), $3)`,
            [id, number, eventNo],
          ))
      await desk.pool.query(`UPDATE attachment SET ${table}_id = $1 WHERE id = $2`, [id, file])
      await desk.pool.query(
        `INSERT INTO command_outcome (ticket_number, command_id, code, version, at)
         VALUES ($1, $2, $3, 1, now() - $4 * interval '1 day')`,
        [number, `${what}-${id}`, code, days],
      )
      return [id, file]
    }
    const gone = [
      await leftBehind('reply', 'not-allowed', 4),
      await leftBehind('note', 'version-outdated', 4),
    ]
    const kept = [
      await leftBehind('reply', 'not-allowed', 2),
      await leftBehind('note', 'command-unwritable', 4),
      await leftBehind('note', 'not-allowed', 4, 1),
      await leftBehind('reply', null, 4),
    ]
    // Whoever is told next that something changes nothing clears it away.
    for (const _time of ['once', 'again'])
      await sam.client.post(`/tickets/${number}/watchers`, { userId: sam.id })
    const { rows } = await desk.pool.query<{ id: string; file: string }>(
      `SELECT t.id, a.id AS file FROM (SELECT id FROM message UNION ALL SELECT id FROM note) AS t
         JOIN attachment a ON a.message_id = t.id OR a.note_id = t.id WHERE t.id = ANY($1)`,
      [[...gone, ...kept].map(([id]) => id)],
    )
    assert.deepEqual(rows.map(({ id, file }) => [id, file]).sort(), kept.sort())
    const files = await desk.pool.query('SELECT 1 FROM attachment WHERE id = ANY($1)', [
      gone.map(([, file]) => file),
    ])
    assert.equal(files.rows.length, 0)
  })

  it('a mail’s source is downloaded as a mail', async () => {
    const { messageId, number: n } = await desk.mailTicket(it_, { subject: 'Source' })
    const answer = await sam.client.fetch('GET', `/messages/${messageId}/source`)
    assert.equal(answer.headers.get('content-type'), 'message/rfc822')
    assert.match(
      answer.headers.get('content-disposition') ?? '',
      new RegExp(`^attachment; filename="ticket-${n}-`),
    )
    assert.match(await answer.text(), /^From: anna@client.example\r\nSubject: Source\r\n/)
  })
})

function form(filename: string, bytes: Uint8Array<ArrayBuffer>): FormData {
  const data = new FormData()
  data.append('file', new Blob([bytes], { type: 'application/octet-stream' }), filename)
  return data
}
