import assert from 'node:assert/strict'
import { createHash, createPublicKey, generateKeyPairSync, verify } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { type Headers, simpleParser } from 'mailparser'
import { renderMail } from '../../../activities/mail-out/render.ts'
import { instanceId } from '../../../activities/mail-out/instance-id.ts'
import { Desk, SECRET_KEYS } from './desk.ts'

describe('the mail as it leaves', () => {
  let desk: Desk
  const rendered = async (
    number: number,
    draft: Parameters<Desk['reply']>[1] = {},
  ): Promise<string> =>
    (
      await renderMail(
        { db: desk.db, blobs: desk.blobs, secretKeys: SECRET_KEYS },
        await desk.message(await desk.reply(number, draft)),
        null,
      )
    ).toString()
  const header = (headers: Headers, name: string): string => String(headers.get(name))

  before(async () => {
    desk = await Desk.open()
    await desk.mailbox('it@help.example')
    await desk.sender({ from: 'Büro für „IT“ <it@help.example>', host: '127.0.0.1', port: 25 })
    await desk.ticket(1042, {
      subject:
        'Drucker für Zoë klemmt – schon wieder, und zwar auf jeder einzelnen Seite, die heute gedruckt wurde',
      text: 'It jams.\n\n> an older quote\n<b>not markup</b>',
    })
    await desk.ticket(1043, { language: 'fr' })
  })
  after(() => desk?.close())

  it('has text and HTML, both with the requester’s words quoted below', async () => {
    const mail = await simpleParser(await rendered(1042, { text: 'Restart it.\n\n  - like this' }))
    assert.match(
      mail.text ?? '',
      /^Restart it\.\n\n {2}- like this\n\nOn 24 November 2026 at 09:00 UTC, Anna Weber wrote:\n> It jams\.\n>\n>> an older quote\n> <b>not markup<\/b>/,
    )
    assert.match(
      mail.html || '',
      /<p>&nbsp;&nbsp;- like this<\/p>[^]*<blockquote type="cite"[^]*&lt;b&gt;not markup/,
    )
  })

  it('is threaded, names the ticket to loop detection, and is signed to come back', async () => {
    const { headers } = await simpleParser(await rendered(1042))
    assert.equal(header(headers, 'in-reply-to'), '<request-1042@client.example>')
    assert.equal(header(headers, 'references'), '<request-1042@client.example>')
    assert.match(header(headers, 'message-id'), /^<[0-9a-f-]{36}@help\.example>$/)
    assert.equal(header(headers, 'x-guichet-ticket'), `${instanceId(SECRET_KEYS)}/1042`)
    assert.match(JSON.stringify(headers.get('reply-to')), /it\+t1042\.[a-z2-7]{16}@help\.example/)
    assert.equal(headers.has('auto-submitted'), false)
  })

  it('is 7-bit, with no line longer than the standard allows, in the encodings of RFC 2047', async () => {
    const raw = await rendered(1042, { text: `Grüße ${'x'.repeat(3000)}` })
    assert.match(raw, /^[\x00-\x7f]*$/)
    for (const line of raw.split('\r\n'))
      assert.ok(line.length <= 998 && !line.includes('\n'), line.slice(0, 50))
    const mail = await simpleParser(raw)
    assert.equal(
      mail.subject,
      'Re: [#1042] Drucker für Zoë klemmt – schon wieder, und zwar auf jeder einzelnen Seite, die heute gedruckt wurde',
    )
    assert.equal(mail.from?.value[0]?.name, 'Büro für „IT“')
    assert.match(mail.text ?? '', /^Grüße x{3000}\n/)
  })

  it('keeps many references within the length of a header, root first', async () => {
    const references = Array.from({ length: 60 }, (_, i) => `${'r'.repeat(60)}-${i}@client.example`)
    await desk.ticket(1044, { references })
    const { headers } = await simpleParser(await rendered(1044))
    const ids = headers.get('references') as string[]
    assert.equal(ids.length, 20)
    assert.deepEqual([ids[0], ids.at(-1)], [`<${references[0]}>`, '<request-1044@client.example>'])
  })

  it('carries attachments with their names, and images where they stand', async () => {
    const [png, pdf] = [
      await desk.upload('bild.png', 'image/png', Buffer.from('PNG')),
      await desk.upload('Rechnung Größe.pdf', 'application/pdf', Buffer.from('PDF')),
    ]
    const mail = await simpleParser(
      await rendered(1042, {
        html: `<p>See</p><img src="/api/v1/attachments/${png}">`,
        attachmentIds: [pdf],
      }),
      { skipImageLinks: true },
    )
    const [inline, attached] = [
      mail.attachments.find((a) => a.related),
      mail.attachments.find((a) => !a.related),
    ]
    assert.deepEqual([inline?.cid, inline?.content.toString()], [`${png}@help.example`, 'PNG'])
    assert.deepEqual(
      [attached?.filename, attached?.contentType, attached?.content.toString()],
      ['Rechnung Größe.pdf', 'application/pdf', 'PDF'],
    )
    assert.match(mail.html || '', new RegExp(`<img src="cid:${png}@help.example"`))
  })

  it('cannot be given a header of its own by a name or a subject', async () => {
    await desk.ticket(1045, { subject: 'Hello\r\nBcc: victim@client.example' })
    await desk.sql(
      `UPDATE ticket SET requester_name = E'Anna\\r\\nX-Evil: yes' WHERE number = 1045`,
    )
    const raw = await rendered(1045)
    assert.doesNotMatch(raw, /^(Bcc|X-Evil):/im)
  })

  it('speaks the requester’s language where Guichet itself speaks', async () => {
    assert.match(
      (await simpleParser(await rendered(1043))).text ?? '',
      /Le 24 novembre 2026 à 09:00 UTC, Anna Weber a écrit\u00a0:/,
    )
  })

  it('is signed with DKIM when the sender has a key (RFC 6376)', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    })
    const message = await desk.message(await desk.reply(1042))
    const raw = await renderMail(
      { db: desk.db, blobs: desk.blobs, secretKeys: SECRET_KEYS },
      message,
      { domain: 'help.example', selector: 'guichet', privateKey },
    )
    assert.ok(dkimVerifies(raw.toString(), publicKey))
    assert.ok(!dkimVerifies(raw.toString().replace('Please restart', 'Please destroy'), publicKey))
  })
})

/** Checks a relaxed/relaxed rsa-sha256 signature by the letter of RFC 6376 sections 3.4 and 3.7. */
function dkimVerifies(raw: string, publicKey: string): boolean {
  const [head = '', ...rest] = raw.split('\r\n\r\n')
  const fields = head
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n')
    .map(
      (line) =>
        [
          line.slice(0, line.indexOf(':')).toLowerCase(),
          line.slice(line.indexOf(':') + 1),
        ] as const,
    )
  const signature = fields.find(([name]) => name === 'dkim-signature')?.[1] ?? ''
  const tag = (name: string): string =>
    new RegExp(`(?:^|;)\\s*${name}=([^;]*)`).exec(signature)?.[1]?.replace(/\s/g, '') ?? ''
  const relaxed = (name: string, value: string): string =>
    `${name}:${value.replace(/\s+/g, ' ').trim()}`
  const body = `${rest
    .join('\r\n\r\n')
    .split('\r\n')
    .map((line) => line.replace(/[ \t]+/g, ' ').replace(/ $/, ''))
    .join('\r\n')
    .replace(/(\r\n)*$/, '')}\r\n`
  if (createHash('sha256').update(body).digest('base64') !== tag('bh')) return false
  const signed = tag('h')
    .split(':')
    .flatMap((name) => fields.filter(([n]) => n === name.toLowerCase()).slice(-1))
    .map(([name, value]) => relaxed(name, value))
  const text = [
    ...signed,
    relaxed('dkim-signature', signature.replace(/([;\s]b=)[^;]*/, '$1')),
  ].join('\r\n')
  return verify(
    'sha256',
    Buffer.from(text),
    createPublicKey(publicKey),
    Buffer.from(tag('b'), 'base64'),
  )
}
