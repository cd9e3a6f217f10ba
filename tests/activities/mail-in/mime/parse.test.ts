import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import iconv from 'iconv-lite'
import {
  MailUnreadableError,
  parseMail,
  type ParseOptions,
} from '../../../../activities/mail-in/mime/parse.ts'
import type { ParsedMail } from '../../../../domain/mail-in/parsed-mail.ts'

const folder = new URL('../../../fixtures/mail/', import.meta.url)
const fixture = (name: string, options?: ParseOptions): Promise<ParsedMail> =>
  parseMail(readFileSync(new URL(`${name}.eml`, folder)), options)
const mail = (text: string): Promise<ParsedMail> =>
  parseMail(Buffer.from(text.replace(/\r?\n/g, '\r\n')))
const names = (parsed: ParsedMail): string[] => parsed.attachments.map((file) => file.filename)
const content = (parsed: ParsedMail, index = 0): string =>
  Buffer.from(parsed.attachments[index]?.content ?? []).toString()

describe('mail of real clients', () => {
  it('Gmail: ids, people, subject, date, what is new', async () => {
    const parsed = await fixture('gmail-reply')
    assert.equal(parsed.internetId, 'CAF3xyz=abc+def@mail.gmail.example')
    assert.deepEqual(parsed.inReplyTo, ['out.77@company.example'])
    assert.deepEqual(parsed.references, [
      'root.1042@company.example',
      'CAF2@mail.gmail.example',
      'out.77@company.example',
    ])
    assert.deepEqual(parsed.from, { address: 'anna.mueller@gmail.example', name: 'Anna Müller' })
    assert.deepEqual(parsed.cc, [{ address: 'josef.huber@company.example', name: 'Huber, Josef' }])
    assert.equal(parsed.date, '2024-05-14T09:12:18.000Z')
    assert.equal(
      parsed.textVisible,
      'It works again, thank you!\n\nCould you also look at the one in room 204? It says “paper jam”.',
    )
    assert.match(parsed.text, /replaced the toner/)
    assert.match(
      parsed.html ?? '',
      /<details data-quote><summary><\/summary>.*replaced the toner.*<\/details>/s,
    )
    assert.match(parsed.html ?? '', /<details data-signature><summary><\/summary>.*Accounting/s)
    assert.equal(parsed.htmlFolded, true)
    assert.equal(parsed.senderAuthentication, 'pass')
    assert.deepEqual(parsed.automatic, { automatic: false, mayAnswer: true, reason: null })
    assert.equal(parsed.headers[1]?.name, 'received')
    assert.match(
      parsed.headers[1]?.value ?? '',
      /^from mail-wr1-f41.google.example .* by mx\.company\.example/,
    )
  })
  it('Outlook in German: ISO-8859-1, inline picture, header block of the answered mail', async () => {
    const parsed = await fixture('outlook-german-inline-image')
    assert.equal(parsed.from?.name, 'Groß, Jürgen')
    assert.match(parsed.textVisible, /Mit freundlichen Grüßen\nJürgen Groß$/)
    assert.match(parsed.html ?? '', /src="cid:image001\.png@01DAA5F3\.5B3C7A10"/)
    assert.match(
      parsed.html ?? '',
      /<details data-quote><summary><\/summary>.*Gesendet:.*starten Sie den Client neu.*<\/details>/s,
    )
    assert.deepEqual(
      parsed.attachments.map(({ filename, contentType, contentId, inline }) => ({
        filename,
        contentType,
        contentId,
        inline,
      })),
      [
        {
          filename: 'image001.png',
          contentType: 'image/png',
          contentId: 'image001.png@01DAA5F3.5B3C7A10',
          inline: true,
        },
      ],
    )
  })
  it('Apple Mail in French: text around a file, a file name in RFC 2231', async () => {
    const parsed = await fixture('apple-mail-french-pdf')
    assert.equal(parsed.textVisible, 'Bonjour,\n\nvoici la facture, le total est faux.\n\n\nHélène')
    assert.match(parsed.html ?? '', /voici la facture.*le total est faux/s)
    assert.deepEqual(names(parsed), ['Facture n° 42 – corrigée.pdf'])
    assert.equal(content(parsed), '%PDF-1.4 test')
  })
  it('Thunderbird: format=flowed, answers between the quoted lines', async () => {
    const parsed = await fixture('thunderbird-interleaved')
    assert.match(parsed.textVisible, /die von Thunderbird umgebrochen wurde\./)
    assert.match(parsed.textVisible, /> Seit wann tritt es auf\?\nSeit gestern\.$/)
  })
  it('a newsletter in HTML only gets a readable text', async () => {
    const parsed = await fixture('html-only-newsletter')
    assert.equal(
      parsed.text,
      'Offers\n\nBuy now <https://shop.example/buy?id=1>!\n\n- one\n- two\n\nA B\n\nfield\nbad',
    )
    assert.equal(parsed.automatic.mayAnswer, false)
  })
})

describe('charsets', () => {
  const texts: [string, Partial<Record<'subject' | 'text' | 'name', RegExp>>][] = [
    [
      'japanese-iso-2022-jp',
      {
        subject: /^プリンターが動きません$/,
        text: /^お世話になっております。/,
        name: /^山田太郎$/,
      },
    ],
    [
      'chinese-gb18030-raw-headers',
      { subject: /^打印机坏了，请帮忙$/, text: /镕先生/, name: /^王小明$/ },
    ],
    [
      'russian-koi8-r',
      { subject: /^Не работает принтер$/, text: /^Здравствуйте!/, name: /^Иван Петров$/ },
    ],
    [
      'korean-and-big5',
      { subject: /^印表機故障$/, text: /^프린터가 작동하지 않습니다\.$/, name: /^김철수$/ },
    ],
    ['undeclared-koi8-r', { text: /^Здравствуйте, уважаемые коллеги!/ }],
    ['undeclared-latin1', { subject: /^Problème réseau à Genève$/, text: /Être prévenu dès/ }],
    ['wrong-charset-utf8-as-latin1', { subject: /^Problème$/, text: /^Déjà vu — naïve$/ }],
    [
      'wrong-charset-latin1-as-utf8',
      { text: /^Déjà signalé : le café est à côté de la fenêtre\.$/ },
    ],
    ['unknown-charset', { subject: /^café noir$/, text: /^Un café crème, déjà réglé/ }],
    ['utf-7', { subject: /^café$/, text: /^Un café crème$/ }],
    ['hz-chinese', { text: /^打印机坏了 ok$/ }],
    ['flowed-delsp', { text: /^これは長い行で、続きます。\n> 引用続き$/ }],
  ]
  for (const [name, expected] of texts) {
    it(name, async () => {
      const parsed = await fixture(name)
      if (expected.subject) assert.match(parsed.subject, expected.subject)
      if (expected.text) assert.match(parsed.text, expected.text)
      if (expected.name) assert.match(parsed.from?.name ?? '', expected.name)
      assert.doesNotMatch(parsed.text + parsed.subject, /\ufffd/)
    })
  }
  it('the meta element of HTML without a charset', async () => {
    const parsed = await parseMail(
      Buffer.concat([
        Buffer.from(
          'From: a@x.example\r\nContent-Type: text/html\r\n\r\n<meta charset="windows-1251"><p>',
        ),
        Buffer.from([0xcf, 0xf0, 0xe8, 0xe2, 0xe5, 0xf2]),
        Buffer.from('</p>'),
      ]),
    )
    assert.equal(parsed.text, 'Привет')
  })
  it('a character cut in two over encoded words, words in quotes, and broken words', async () => {
    const parsed = await mail(
      'From: "=?utf-8?B?w4Q=?= =?utf-8?B?cw==?=" <a@x.example>\nSubject: =?utf-8?B?Z3LD?= =?utf-8?B?vMOf?= dich =?utf-8?Q?a b?= =?utf-8?Q?=F?=\n\nx',
    )
    assert.equal(parsed.subject.startsWith('grüß dich a b'), true)
    assert.equal(parsed.from?.name, 'Äs')
  })
  it('no NUL and no lone surrogate reaches the database', async () => {
    const parsed = await fixture('nul-bytes')
    assert.doesNotMatch(JSON.stringify({ ...parsed, attachments: [] }), /\\u0000|\\ud[89a-f]/i)
    assert.match(parsed.text, /^beforeafter/)
  })
})

describe('broken mail', () => {
  it('keeps its header below blank lines and behind white space', async () => {
    for (const above of ['   \n', '\t\r\n \r\n', ' ']) {
      const parsed = await mail(
        `${above}From: Anna <anna@client.example>\nSubject: Printer\n\nIt smokes.`,
      )
      assert.deepEqual(
        [parsed.from?.address, parsed.subject, parsed.text],
        ['anna@client.example', 'Printer', 'It smokes.'],
      )
    }
  })
  it('is a multipart whatever kind it names', async () => {
    const parsed = await mail(
      'Content-Type: multipart/*; boundary=b\n\n--b\n\nHello\n--b\nContent-Type: image/png; name=a.png\nContent-Transfer-Encoding: base64\n\nAAAA\n--b--\n',
    )
    assert.deepEqual([parsed.text, names(parsed)], ['Hello', ['a.png']])
  })
  it('keeps what stands behind a closing delimiter that an inner multipart of the same boundary wrote', async () => {
    const parsed = await mail(
      'Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\nSee the file.\n--b--\n\n--b\nContent-Type: application/pdf; name=bill.pdf\nContent-Transfer-Encoding: base64\n\nJVBERg==\n--b--\n',
    )
    assert.deepEqual([parsed.text, names(parsed)], ['See the file.', ['bill.pdf']])
  })
  it('declared as base64 without being it is read as it is', async () => {
    assert.equal(
      (
        await mail(
          'Content-Transfer-Encoding: base64\n\nThe printer smokes and\nthe second one, too\n',
        )
      ).text.trim(),
      'The printer smokes and\nthe second one, too',
    )
    assert.match(
      (
        await mail(
          'Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\nw6RyZ2VybGljaAo= ignored\n',
        )
      ).text,
      /^ärgerlich/,
    )
  })
  it('with eight-bit Japanese under a seven-bit name is read', async () => {
    for (const charset of ['euc-jp', 'cp932'] as const) {
      const text = 'メールアドレスをご確認ください。宛先が見つかりません。'
      const raw = Buffer.concat([
        Buffer.from('Content-Type: text/plain; charset=iso-2022-jp\n\n'),
        iconv.encode(text, charset),
      ])
      assert.equal((await parseMail(raw)).text, text)
    }
  })
  it('without header is all text', async () => {
    const parsed = await fixture('no-headers')
    assert.equal(parsed.text, 'Just a text, no header at all.\n\nSecond paragraph.')
    assert.equal(parsed.from, null)
  })
  it('without From, Message-ID and Date says so', async () => {
    const { from, internetId, date, automatic } = await fixture('no-from-no-id-no-date')
    assert.deepEqual(
      { from, internetId, date, automatic },
      {
        from: null,
        internetId: null,
        date: null,
        automatic: { automatic: false, mayAnswer: false, reason: 'no From' },
      },
    )
  })
  it('has a date in all the forms there are', async () => {
    const date = async (value: string) => (await mail(`Date: ${value}\n\nx`)).date
    assert.equal(
      await date('Fri, 21 Nov 1997 09(comment):   55  :  06 -0600'),
      '1997-11-21T15:55:06.000Z',
    )
    assert.equal(await date('21 Nov 97 09:55:06 GMT'), '1997-11-21T09:55:06.000Z')
    assert.equal(await date('Thu, 13 Feb 1969 23:32:54 -0330'), '1969-02-14T03:02:54.000Z')
    assert.equal(await date('Mon, 21 Aug 95 13:30:57 -600'), '1995-08-21T19:30:57.000Z')
    assert.equal(await date('Tue, 14 May 2024 10:00:00 GMT+2'), '2024-05-14T08:00:00.000Z')
    assert.equal(await date('2024-05-14 10:00:00'), '2024-05-14T10:00:00.000Z')
    assert.equal(await date('Tue May 14 10:00:00 2024'), '2024-05-14T10:00:00.000Z')
    for (const value of ['<HR>', 'yesterday', 'Wed, 15 Dec 2010 59:10 -0500', ''])
      assert.equal(await date(value), null, value)
  })
  it('without any text is an empty message', async () => {
    const parsed = await fixture('empty-body')
    assert.deepEqual(
      [parsed.text, parsed.textVisible, parsed.html, parsed.subject, parsed.internetId],
      ['', '', null, '', null],
    )
  })
  it('keeps its text where the blank line is missing', async () =>
    assert.equal(
      (await fixture('missing-blank-line')).text,
      'The body starts here, directly.\nSecond line',
    ))
  it('keeps its header where folding was lost', async () => {
    const parsed = await fixture('lost-folding')
    assert.deepEqual(
      [parsed.from?.address, parsed.subject, parsed.text],
      ['a@example.com', 'folding was kept here and here', 'body'],
    )
  })
  it('from a mailbox file loses only its "From " line', async () => {
    const parsed = await fixture('mbox-from-line')
    assert.deepEqual(
      [parsed.subject, parsed.date, parsed.textVisible],
      ['from an mbox', '2024-05-13T15:00:00.000Z', '>From here on it is text.\nok'],
    )
  })
  it('may mix its line ends', async () => {
    assert.equal(
      (await fixture('mixed-line-ends')).text,
      'line one\nline two\nline three\nline four',
    )
    assert.equal((await fixture('lone-returns')).text, 'line one\nline two')
  })
  it('counts the first of doubled fields, all recipients', async () => {
    const parsed = await fixture('duplicate-headers')
    assert.deepEqual(
      [parsed.from?.address, parsed.subject, parsed.internetId, parsed.to.length],
      ['first@example.com', 'one', '1@x', 2],
    )
  })
  it('cut off in the middle keeps what came', async () => {
    const parsed = await fixture('truncated-multipart')
    assert.deepEqual(
      [parsed.text, parsed.html, names(parsed), parsed.flags],
      ['the text', '<p>the text</p>', ['cut.pdf'], ['truncated']],
    )
  })
  it('with a wrong boundary, or none, keeps its text', async () => {
    const parsed = await fixture('wrong-boundary')
    assert.deepEqual([parsed.text, names(parsed)], ['found anyway', ['a.csv']])
    assert.equal(
      (await fixture('multipart-without-parts')).text,
      'There is no part in here, only words.',
    )
  })
  it('nested a thousand deep, or of ten thousand parts, is bounded and still read', async () => {
    const deep = Array.from(
      { length: 1000 },
      (_, i) => `Content-Type: multipart/mixed; boundary=b${i}\n\n--b${i}\n`,
    ).join('')
    assert.ok((await mail(`From: a@x.example\n${deep}\nthe text`)).flags.includes('bounded'))
    const wide = await mail(
      `From: a@x.example\nContent-Type: multipart/mixed; boundary=b\n\n${'--b\n\nword\n'.repeat(10_000)}--b--\n`,
    )
    assert.ok(wide.flags.includes('bounded'))
    assert.match(wide.text, /^word/)
  })
  it('to more than are kept says so, and that there are no more when there are none', async () => {
    const cc = (count: number) =>
      mail(
        `From: a@x.example\nCc: ${Array.from({ length: count }, (_, i) => `c${i}@many.example`).join(',\n ')}\n\nword`,
      )
    const cut = await cc(10_000)
    assert.ok(cut.flags.includes('addressesCut'))
    assert.ok(cut.cc.length < 10_000 && cut.cc.length > 1000)
    assert.deepEqual([(await cc(1000)).flags, (await cc(1000)).cc.length], [[], 1000])
  })
  it('with huge headers is read', async () => {
    const parsed = await mail(
      `From: a@x.example\nReferences: ${'<a@x>\n '.repeat(50_000)}\nX-Big: ${'y'.repeat(2_000_000)}\nTo: ${Array.from({ length: 5000 }, (_, i) => `u${i}@x.example`).join(',\n ')}\nSubject: here\n\nbody`,
    )
    assert.deepEqual([parsed.subject, parsed.text, parsed.to.length > 1000], ['here', 'body', true])
  })
  it('is refused only when there is nothing, or too much', async () => {
    await assert.rejects(
      parseMail(new Uint8Array()),
      (error: unknown) => error instanceof MailUnreadableError && error.code === 'mail-unreadable',
    )
    await assert.rejects(
      parseMail(Buffer.alloc(2000, 'a'), { maxBytes: 1000 }),
      MailUnreadableError,
    )
    assert.equal((await parseMail(Buffer.from('\r\n\r\n'))).text, '')
  })
})

describe('addresses', () => {
  const from = async (field: string) => (await mail(`From: ${field}\n\nx`)).from
  it('are read in all their forms', async () => {
    assert.deepEqual(await from('Anna@X.example (Anna Müller)'), {
      address: 'anna@x.example',
      name: 'Anna Müller',
    })
    assert.deepEqual(await from('"Müller, Anna" <anna@x.example>'), {
      address: 'anna@x.example',
      name: 'Müller, Anna',
    })
    assert.deepEqual(await from('=?utf-8?Q?M=C3=BCller,_Anna?= <anna@x.example>'), {
      address: 'anna@x.example',
      name: 'Müller, Anna',
    })
    assert.deepEqual(await from("'anna@x.example' <anna@x.example>"), {
      address: 'anna@x.example',
      name: '',
    })
    assert.deepEqual(await from('Team: anna@x.example, ben@x.example;'), {
      address: 'anna@x.example',
      name: '',
    })
  })
  it('never come out of an encoded name', async () => {
    const hidden = Buffer.from('"Boss" <boss@bank.example>').toString('base64')
    assert.equal((await from(`=?utf-8?B?${hidden}?= <real@x.example>`))?.address, 'real@x.example')
    assert.equal(await from(`=?utf-8?B?${hidden}?=`), null)
  })
  it('fall back to Sender', async () =>
    assert.equal(
      (await mail('From: nobody\nSender: s@x.example\n\nx')).from?.address,
      's@x.example',
    ))
})

describe('attachments', () => {
  it('have safe names in every encoding', async () =>
    assert.deepEqual(names(await fixture('file-names')), [
      'Angebot für Kunde.pdf',
      'Résumé.doc',
      'Übersicht.xlsx',
      'passwd',
      'attachment-5.jpeg',
    ]))
  it('a mail in the mail stays one file and keeps its own attachments', async () => {
    const parsed = await fixture('nested-message')
    assert.deepEqual(names(parsed), ['Der ursprüngliche Betreff.eml', 'notes.txt'])
    assert.equal(parsed.text, 'please look')
    assert.deepEqual(parsed.forwarded?.from, {
      address: 'original@customer.example',
      name: 'Original Sender',
    })
    assert.match(content(parsed), /^From: Original Sender[\s\S]*inner\.pdf[\s\S]*--in--\s*$/)
  })
  it("a mail that is nothing but another one shows that one's text", async () => {
    const parsed = await fixture('only-nested-message')
    assert.match(
      parsed.text,
      /^From: Original Sender <original@customer\.example>[\s\S]*inner text$/,
    )
    assert.deepEqual(names(parsed), ['Der ursprüngliche Betreff.eml'])
  })
  it('winmail.dat is unpacked', async () => {
    const parsed = await fixture('tnef-winmail')
    assert.deepEqual(names(parsed), ['Bericht – März.docx', 'second.txt'])
    assert.equal(content(parsed), 'DOCX BYTES')
    assert.deepEqual(
      [parsed.text, parsed.html, parsed.flags],
      ['Größe aus TNEF', '<p>Größe aus TNEF</p>', ['tnef']],
    )
  })
  it('uuencoded files are taken out of the text', async () => {
    const parsed = await fixture('uuencoded')
    assert.deepEqual(names(parsed), ['report.txt'])
    assert.equal(
      content(parsed),
      'hello uuencoded world, this is longer than forty-five bytes in total length',
    )
    assert.match(parsed.text, /^see the file\s+that is all$/)
  })
  it('keep the spaces of their names, wide ones too', async () => {
    const parsed = await mail(
      'Content-Type: application/pdf; name="=?utf-8?Q?No=E3=80=801__copy.pdf?="\nContent-Disposition: attachment\n\nx',
    )
    assert.deepEqual(names(parsed), ['No\u30001  copy.pdf'])
  })
  it('have no footer, ignore a wrong character, and are never empty when something came', async () => {
    const file = async (body: string) =>
      Buffer.from(
        (
          await mail(
            `Content-Type: application/msword; name=a.doc\nContent-Disposition: attachment\nContent-Transfer-Encoding: base64\n\n${body}`,
          )
        ).attachments[0]!.content,
      ).toString()
    assert.equal(
      await file('PGh0bWw+Cg==\n\n____________\nit mailing list: http://lists.example\n'),
      '<html>\n',
    )
    assert.equal(await file('PGh0*bWw+Cg==\n'), '<html>\n')
    assert.equal(
      await file('... removed by the scanner ...\n'),
      '... removed by the scanner ...\r\n',
    )
  })
  it('a footer in clear behind base64 is text', async () => {
    assert.match(
      (await fixture('base64-with-list-footer')).text,
      /^Grüße aus der Liste\n\n_{10,}\nusers mailing list/,
    )
  })
  it('of 40 MB take less than a second and no more memory than a few copies', async () => {
    const file = Buffer.alloc(30 * 1024 * 1024, 'x1y2')
    const encoded = file.toString('base64').replace(/.{76}/g, '$&\r\n')
    const before = process.memoryUsage().rss
    const started = process.cpuUsage()
    const parsed = await mail(
      `From: a@x.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nhi\n--b\nContent-Type: application/zip; name=a.zip\nContent-Transfer-Encoding: base64\n\n${encoded}\n--b--\n`,
    )
    assert.equal(Buffer.compare(Buffer.from(parsed.attachments[0]?.content ?? []), file), 0)
    // Of CPU, not of time: a busy machine is no defect.
    assert.ok(process.cpuUsage(started).user < 5_000_000)
    assert.ok(process.memoryUsage().rss - before < 600 * 1024 * 1024)
  })
})

describe('special mail is marked', () => {
  const flagged: [string, string[]][] = [
    ['smime-signed', ['signed']],
    ['smime-opaque-signed', ['signed']],
    ['smime-enveloped', ['encrypted']],
    ['pgp-mime-encrypted', ['encrypted']],
    ['pgp-inline-signed', ['signed']],
    ['calendar-invitation', ['calendar']],
  ]
  for (const [name, flags] of flagged)
    it(name, async () => assert.deepEqual((await fixture(name)).flags, flags))
  it('signed text is readable', async () => {
    assert.equal((await fixture('smime-signed')).text, 'signed words')
    assert.equal((await fixture('smime-opaque-signed')).text, 'opaque but readable: é')
    assert.equal((await fixture('pgp-inline-signed')).textVisible, 'Please reset my password.')
  })
  it('an invitation is one readable line and a file', async () => {
    const parsed = await fixture('calendar-invitation')
    assert.equal(
      parsed.text,
      'Please come.\n\n[REQUEST · Printer, second floor · 2024-05-20 09:30–10:30 Europe/Paris · Room 2]',
    )
    assert.deepEqual(names(parsed), ['invitation.ics'])
  })
  it('an absence notice is automatic', async () =>
    assert.equal((await fixture('out-of-office-exchange')).automatic.automatic, true))
  it('our own mail coming back is a loop', async () =>
    assert.equal(
      (await fixture('gmail-reply', { ownAddresses: ['anna.mueller@gmail.example'] })).automatic
        .ownLoop,
      true,
    ))
})

describe('hand-forwarded mail', () => {
  const senders = {
    'forward-gmail': 'maria@cliente.example',
    'forward-outlook-french': 'paul.dupont@client.example',
    'forward-apple': 'lena@kunde.example',
    'forward-thunderbird': 'tom@customer.example',
  }
  for (const [name, sender] of Object.entries(senders)) {
    it(`${name} names its original sender and hides nothing`, async () => {
      const parsed = await fixture(name)
      assert.equal(parsed.forwarded?.from.address, sender)
      assert.equal(parsed.textVisible, parsed.text.trim())
    })
  }
})

describe('delivery reports', () => {
  it('of Postfix: who, why, which of our mails', async () => {
    const { report, automatic, textVisible } = await fixture('bounce-postfix')
    assert.equal(report?.originalInternetId, 'out.99@company.example')
    assert.deepEqual(report?.recipients, [
      {
        address: 'gone@kunde.example',
        action: 'failed',
        status: '5.1.1',
        diagnostic: '550 5.1.1 <gone@kunde.example>: Recipient address rejected: User unknown',
      },
    ])
    assert.equal(report?.original?.replyTo, 'it+t1042.k7f3abcdmnopqrst@company.example')
    assert.equal(automatic.mayAnswer, false)
    assert.match(textVisible, /I'm sorry/)
  })
  it('of Exchange with returned headers', async () => {
    const { report } = await fixture('bounce-exchange-ndr')
    assert.equal(report?.originalInternetId, 'out.98@company.example')
    assert.deepEqual(
      report?.recipients.map((r) => [r.address, r.action, r.status]),
      [['max.full@kunde.example', 'failed', '5.2.2']],
    )
  })
  it('of qmail', async () => {
    const { report } = await fixture('bounce-qmail')
    assert.equal(report?.originalInternetId, 'out.97@company.example')
    assert.deepEqual(report?.recipients, [
      {
        address: 'nobody@qmail.example',
        action: 'failed',
        status: '5.1.1',
        diagnostic: 'Sorry, no mailbox here by that name. (#5.1.1)',
      },
    ])
  })
  it('of Exim that the mail is delayed', async () => {
    assert.deepEqual(
      (await fixture('bounce-exim-delayed')).report?.recipients.map((r) => [r.address, r.action]),
      [['slow@kunde.example', 'delayed']],
    )
  })
  it('of a daemon that says it only in words, with the mail at its end', async () => {
    const { report } = await mail(
      'From: Mail Delivery Subsystem <MAILER-DAEMON@x.example>\nSubject: Returned mail: Cannot send message for 4 days\n\n   ----- Transcript of session follows -----\n421 example.com (smtp)... Deferred\n\n   ----- Unsent message follows -----\nReceived: by mx.x.example; (5.65) id 0;\n    Thu, 29 Apr 1995 23:34:45 +0900\nFrom: it@company.example\nTo: anna@kunde.example\nMessage-ID: <out.5@company.example>\nSubject: x\n\nbody',
    )
    assert.deepEqual(
      [report?.originalInternetId, report?.recipients.map((r) => [r.address, r.action])],
      ['out.5@company.example', [['anna@kunde.example', 'failed']]],
    )
  })
  it('that say everything in their status part show it as text', async () => {
    const parsed = await mail(
      'From: Postmaster@x.example\nSubject: Mail System Error\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n--b\nContent-Type: message/delivery-status\n\nThis message was undeliverable\n--b\nContent-Type: message/rfc822\n\nFrom: it@company.example\nTo: a@y.example\nMessage-ID: <out.6@x>\n\nhi\n--b--',
    )
    assert.equal(parsed.text, 'This message was undeliverable')
    assert.deepEqual(
      [parsed.report?.originalInternetId, parsed.report?.recipients[0]?.address],
      ['out.6@x', 'a@y.example'],
    )
  })
  it('give each recipient its own status, the most specific that was said', async () => {
    const report = (
      await mail(
        [
          'From: MAILER-DAEMON@mx.example',
          'Subject: Undelivered',
          'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
          '',
          '--b',
          '',
          'Delivery failed:',
          '<c@x.example>: 550 5.2.2 Mailbox full',
          '',
          '--b',
          'Content-Type: message/delivery-status',
          '',
          'Reporting-MTA: dns; mx.example',
          '',
          'Final-Recipient: rfc822; a@x.example',
          'Action: failed',
          'Status: 5.0.0',
          'Diagnostic-Code: smtp; 550 5.1.1 unknown',
          'Final-Recipient: rfc822; b@x.example',
          'Action: delayed',
          'Status: 4.4.7',
          'Diagnostic-Code: smtp; 421 4.4.2 lost',
          '',
          'Final-Recipient: rfc822; c@x.example',
          'Action: failed',
          'Status: 5.0.0',
          '--b--',
        ].join('\n'),
      )
    ).report
    assert.deepEqual(
      report?.recipients.map((r) => [r.address, r.action, r.status]),
      [
        ['a@x.example', 'failed', '5.1.1'],
        ['b@x.example', 'delayed', '4.4.7'],
        ['c@x.example', 'failed', '5.2.2'],
      ],
    )
    assert.match(report?.recipients[2]?.diagnostic ?? '', /Mailbox full/)
  })
  it('are read where the status part bears no type', async () => {
    const parsed = await mail(
      [
        'From: MAILER-DAEMON@mx.example',
        'Subject: Undelivered Mail',
        'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
        '',
        '--b',
        '',
        'It failed.',
        '--b',
        '',
        'Reporting-MTA: dns; mx.example',
        'X-Postfix-Queue-ID: F1',
        'X-Postfix-Sender: rfc822; it@company.example',
        'Arrival-Date: Mon, 3 Jun 2024 10:00:00 +0200',
        '',
        'Final-Recipient: rfc822; anna@client.example',
        'Action: failed',
        'Status: 5.1.1',
        '',
        '--b',
        '',
        'Received: from a by b',
        'Message-ID: <sent.1@company.example>',
        'Subject: Your printer',
        '',
        'x',
        '--b--',
      ].join('\n'),
    )
    assert.deepEqual(
      [
        parsed.report?.originalInternetId,
        parsed.report?.recipients.map((r) => r.address),
        parsed.automatic.automatic,
      ],
      ['sent.1@company.example', ['anna@client.example'], true],
    )
  })
  it('of Postfix name who did not get it, not whom to ask for help', async () => {
    const { report } = await mail(
      'From: MAILER-DAEMON@mx.example\nSubject: Undelivered Mail Returned to Sender\nTo: it@company.example\n\nFor further assistance, please contact <help@mx.example>.\n\n<anna@client.example>: host mx.client.example said: 550 5.1.1 unknown\n',
    )
    assert.deepEqual(
      report?.recipients.map((r) => [r.address, r.status]),
      [['anna@client.example', '5.1.1']],
    )
  })
  it('of a gateway in a language of its own are known by the refusal and the mail that came back', async () => {
    const { report } = await mail(
      'From: postmaster@gw.example\nSubject: =?utf-8?B?6YWN5L+h44Gn44GN44G+44Gb44KT?=\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nSent <<< RCPT TO:<anna@client.example>\nReceived >>> 550 5.1.1 user unknown\n--b\nContent-Type: message/rfc822\n\nMessage-ID: <sent.2@company.example>\nFrom: it@company.example\nTo: anna@client.example\nSubject: x\n\nx\n--b--\n',
    )
    assert.deepEqual(
      [report?.originalInternetId, report?.recipients.map((r) => r.address)],
      ['sent.2@company.example', ['anna@client.example']],
    )
  })
  it('are not made of what a postmaster writes in person', async () => {
    assert.equal(
      (
        await mail(
          'From: Hans <postmaster@client.example>\nTo: it@company.example\nSubject: Undeliverable mail to our users\n\nYour mails to anna@client.example do not arrive since Monday. Could you have a look?\n',
        )
      ).report,
      null,
    )
    assert.notEqual(
      (
        await mail(
          'Return-Path: <>\nFrom: postmaster@client.example\nSubject: Undeliverable: Printer\n\nanna@client.example: mailbox unknown\n',
        )
      ).report,
      null,
    )
  })
  it("are not made of a person's answer to one", async () => {
    for (const from of ['anna@x.example', 'mail@x.example', 'postmaster@x.example'])
      assert.equal(
        (
          await mail(
            `From: ${from}\nSubject: Question\n\nMy mail to <a@y.example> was not delivered, user unknown. Why?`,
          )
        ).report,
        null,
        from,
      )
  })
  it("are not made of a read receipt, an absence notice or a person's mail about one", async () => {
    assert.equal((await fixture('read-receipt')).report, null)
    assert.equal((await fixture('read-receipt')).automatic.automatic, true)
    assert.equal((await fixture('out-of-office-exchange')).report, null)
    assert.equal(
      (
        await mail(
          'From: anna@x.example\nSubject: Undelivered Mail Returned to Sender\n\nI got this: <a@y.example>: 550 5.1.1 unknown',
        )
      ).report,
      null,
    )
  })
})
