import type { ParsedMail } from 'mailparser'
import { freshId, headerText } from './mails.ts'

/** Who answers, in what text, to what they received. */
export interface ClientAnswer {
  from: string
  text: string
  original: ParsedMail
}

type Client = (answer: ClientAnswer) => string

/**
 * Answers as the four most used mail clients write them: their own headers, their way of quoting,
 * their subject prefix. Each answers to Reply-To, as every client does.
 */
export const mailClients: Readonly<Record<string, Client>> = {
  Gmail: gmail,
  Outlook: outlook,
  'Apple Mail': appleMail,
  Thunderbird: thunderbird,
}

function gmail({ from, text, original }: ClientAnswer): string {
  const line = `On Tue, 24 Nov 2026 at 15:04, ${who(original)} <${answerTo(original)}> wrote:`
  return wire([
    'MIME-Version: 1.0',
    `References: ${thread(original)}`,
    `In-Reply-To: ${original.messageId}`,
    `From: ${from}`,
    `Date: ${now()}`,
    `Message-ID: <CAF${freshId('mail.gmail.com')}>`,
    `Subject: ${reply('Re: ', original)}`,
    `To: ${who(original)} <${answerTo(original)}>`,
    'Content-Type: multipart/alternative; boundary="000000000000b1c9a3062f6c4a5d"',
    '',
    '--000000000000b1c9a3062f6c4a5d',
    'Content-Type: text/plain; charset="UTF-8"',
    'Content-Transfer-Encoding: 8bit',
    '',
    text,
    '',
    line,
    '',
    quoted(original),
    '',
    '--000000000000b1c9a3062f6c4a5d',
    'Content-Type: text/html; charset="UTF-8"',
    'Content-Transfer-Encoding: 8bit',
    '',
    `<div dir="ltr">${text}</div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">${line.replace(/[<>]/g, (c) => (c === '<' ? '&lt;' : '&gt;'))}<br></div>` +
      `<blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex">${html(original)}</blockquote></div>`,
    '',
    '--000000000000b1c9a3062f6c4a5d--',
    '',
  ])
}

function outlook({ from, text, original }: ClientAnswer): string {
  const head = [
    ['From', `${who(original)} <${answerTo(original)}>`],
    ['Sent', 'Tuesday, November 24, 2026 3:04 PM'],
    ['To', from],
    ['Subject', original.subject ?? ''],
  ]
  const page =
    `<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"><style type="text/css" style="display:none;"> P {margin-top:0;margin-bottom:0;} </style></head><body dir="ltr">` +
    `<div class="elementToProof" style="font-family: Aptos, Calibri; font-size: 12pt;">${text}</div><div id="appendonsend"></div><hr style="display:inline-block;width:98%" tabindex="-1">` +
    `<div id="divRplyFwdMsg" dir="ltr"><font face="Calibri, sans-serif" style="font-size:11pt" color="#000000">${head.map(([name, value = '']) => `<b>${name}:</b> ${value.replace(/</g, '&lt;').replace(/>/g, '&gt;')}<br>`).join('')}</font><div>&nbsp;</div></div><div>${html(original)}</div></body></html>`
  return wire([
    `From: ${from}`,
    `To: ${who(original)} <${answerTo(original)}>`,
    `Subject: ${reply('RE: ', original)}`,
    `Thread-Topic: ${headerText(original.subject ?? '')}`,
    'Thread-Index: AQHbPnXkQ0m4oT2b5k+Jr7v6Vd1q6rLGXoYA',
    `Date: ${now()}`,
    `Message-ID: <AM0PR02MB4${freshId('AM0PR02MB4561.eurprd02.prod.outlook.com')}>`,
    `References: ${thread(original)}`,
    `In-Reply-To: ${original.messageId}`,
    'Accept-Language: en-GB, en-US',
    'Content-Language: en-US',
    'X-MS-Has-Attach:',
    'Content-Type: multipart/alternative; boundary="_000_AM0PR02MB4561A1_"',
    'MIME-Version: 1.0',
    '',
    '--_000_AM0PR02MB4561A1_',
    'Content-Type: text/plain; charset="utf-8"',
    'Content-Transfer-Encoding: base64',
    '',
    base64(
      [
        text,
        '________________________________',
        ...head.map(([name, value]) => `${name}: ${value}`),
        '',
        original.text ?? '',
        '',
      ].join('\r\n'),
    ),
    '--_000_AM0PR02MB4561A1_',
    'Content-Type: text/html; charset="utf-8"',
    'Content-Transfer-Encoding: base64',
    '',
    base64(page),
    '--_000_AM0PR02MB4561A1_--',
    '',
  ])
}

function appleMail({ from, text, original }: ClientAnswer): string {
  return wire([
    'Content-Type: text/plain;',
    '\tcharset=utf-8',
    'Content-Transfer-Encoding: quoted-printable',
    'Mime-Version: 1.0 (Mac OS X Mail 16.0 \\(3826.300.87.4.3\\))',
    `Subject: ${reply('Re: ', original)}`,
    `From: ${from}`,
    `In-Reply-To: ${original.messageId}`,
    `Date: ${now()}`,
    `Message-Id: <${freshId('client.example').toUpperCase()}>`,
    `References: ${thread(original)}`,
    `To: ${who(original)} <${answerTo(original)}>`,
    'X-Mailer: Apple Mail (2.3826.300.87.4.3)',
    '',
    quotedPrintable(
      [
        text,
        '',
        `> On 24 Nov 2026, at 15:04, ${who(original)} <${answerTo(original)}> wrote:`,
        '> ',
        quoted(original),
      ].join('\n'),
    ),
    '',
  ])
}

function thunderbird({ from, text, original }: ClientAnswer): string {
  return wire([
    `Message-ID: <${freshId('client.example')}>`,
    `Date: ${now()}`,
    'MIME-Version: 1.0',
    'User-Agent: Mozilla Thunderbird',
    `Subject: ${reply('Re: ', original)}`,
    `To: ${who(original)} <${answerTo(original)}>`,
    `References: ${thread(original)}`,
    'Content-Language: en-GB',
    `From: ${from}`,
    `In-Reply-To: ${original.messageId}`,
    'Content-Type: text/plain; charset=UTF-8; format=flowed',
    'Content-Transfer-Encoding: 8bit',
    '',
    `On 24/11/2026 15:04, ${who(original)} wrote:`,
    quoted(original),
    '',
    text,
    '',
  ])
}

const answerTo = (original: ParsedMail): string =>
  (original.replyTo ?? original.from)?.value[0]?.address ?? ''
const who = (original: ParsedMail): string => original.from?.value[0]?.name ?? ''
const quoted = (original: ParsedMail): string =>
  (original.text ?? '')
    .trim()
    .split('\n')
    .map((line) => (line.startsWith('>') ? `>${line}` : `> ${line}`))
    .join('\n')
const html = (original: ParsedMail): string =>
  /<body[^>]*>([\s\S]*)<\/body>/i.exec(original.html || '')?.[1] ?? original.text ?? ''
const now = (): string => new Date().toUTCString().replace('GMT', '+0000')
const base64 = (text: string): string =>
  Buffer.from(text).toString('base64').replace(/.{76}/g, '$&\n')

const reply = (prefix: string, { subject = '' }: ParsedMail): string =>
  prefix + headerText(subject.replace(/^re:\s*/i, ''))

/** References of an answer: those of the original, then the original (RFC 5322 section 3.6.4). */
function thread({ references = [], messageId = '' }: ParsedMail): string {
  return [...(Array.isArray(references) ? references : [references]), messageId].join('\n ')
}

const quotedPrintable = (text: string): string =>
  text
    .split('\n')
    .map((line) => {
      const encoded = [...Buffer.from(line)].map((byte) =>
        (byte >= 33 && byte <= 126 && byte !== 61) || byte === 32
          ? String.fromCharCode(byte)
          : `=${byte.toString(16).toUpperCase().padStart(2, '0')}`,
      )
      const rows: string[] = []
      let row = ''
      for (const piece of encoded) {
        if (row.length + piece.length > 75) {
          rows.push(`${row}=`)
          row = ''
        }
        row += piece
      }
      return [...rows, row.replace(/ $/, '=20')].join('\n')
    })
    .join('\n')

const wire = (lines: readonly string[]): string => lines.join('\n').replace(/\r?\n/g, '\r\n')
