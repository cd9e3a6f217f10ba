import { attachmentOf, paragraphs, type Person, personOf, subjectOf } from './corpus-texts.ts'
import { seededRandom } from './statistics.ts'

/** One mail of the made-up backlog, and what is to become of it. */
export interface CorpusMail {
  raw: Buffer
  /** Number of its thread, and so of its ticket: mails of one thread belong into one ticket. */
  thread: number
  isReply: boolean
  hasAttachment: boolean
}

export interface CorpusShape {
  count: number
  /**
   * The same seed makes the same mails. Mails of different seeds have nothing in common, not even a
   * Message-ID.
   */
  seed: number
  /** The watched address. */
  address: string
  replyShare?: number
  attachmentShare?: number
}

interface Thread {
  number: number
  subject: string
  author: Person
  /** In Cc of the first mail: a participant who may answer for the author. */
  colleague: Person | null
  ids: string[]
  lastText: string
}

const FIRST_DATE = Date.UTC(2026, 10, 2, 7, 0, 0)
const MINUTE = 60_000

/**
 * A help desk's backlog: mails with an alternative in HTML, some with attachments, and answers that
 * belong to earlier mails of the same backlog. Exact in its shares: of 1,000 mails 600 are new, 400
 * are answers and 150 carry an attachment.
 * @returns the mails in the order of their delivery.
 */
export function corpus({
  count,
  seed,
  address,
  replyShare = 0.4,
  attachmentShare = 0.15,
}: CorpusShape): CorpusMail[] {
  const random = seededRandom(seed)
  const threads: Thread[] = []
  const attached = spread(count, attachmentShare, random)
  const answers = spread(count, replyShare, random)
  // The first mail has nothing to answer to: it is swapped with the first one that is new.
  const firstNew = answers.indexOf(false)
  if (answers[0] && firstNew > 0) [answers[0], answers[firstNew]] = [false, true]

  return answers.map((isReply, index) => {
    const hasAttachment = attached[index] ?? false
    const thread = isReply ? chosen(threads, random) : opened(threads, random)
    const message = isReply ? answerIn(thread, random) : firstIn(thread, random)
    const id = `${seed.toString(36)}.${index.toString(36)}.${Math.floor(random() * 2 ** 31).toString(36)}@mail.${message.from.domain}`
    const raw = rendered({
      ...message,
      id,
      to: address,
      date: new Date(FIRST_DATE + index * 3 * MINUTE),
      attachment: hasAttachment ? attachmentOf(random) : null,
      boundary: `=_${seed}_${index}_`,
    })
    thread.ids.push(id)
    thread.lastText = message.text
    return { raw, thread: thread.number, isReply, hasAttachment }
  })
}

/** @returns as many `true` as the share says, at positions that the stream of numbers chooses. */
function spread(count: number, share: number, random: () => number): boolean[] {
  const chosen = Array.from({ length: count }, (_, i) => i < Math.round(count * share))
  for (let i = chosen.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    const [a, b] = [chosen[i] ?? false, chosen[j] ?? false]
    chosen[i] = b
    chosen[j] = a
  }
  return chosen
}

function opened(threads: Thread[], random: () => number): Thread {
  const thread: Thread = {
    number: threads.length,
    subject: subjectOf(random),
    author: personOf(random),
    colleague: random() < 0.2 ? personOf(random) : null,
    ids: [],
    lastText: '',
  }
  threads.push(thread)
  return thread
}

/** Fresh threads are answered more than old ones. */
function chosen(threads: readonly Thread[], random: () => number): Thread {
  const thread = threads[Math.floor((1 - random() ** 2) * threads.length)] ?? threads[0]
  if (!thread) throw new Error('an answer needs an earlier mail')
  return thread
}

interface Written {
  from: Person
  cc: Person | null
  subject: string
  references: string[]
  text: string
  quoted: string
}

const firstIn = ({ subject, author, colleague }: Thread, random: () => number): Written => ({
  from: author,
  cc: colleague,
  subject,
  references: [],
  text: paragraphs(random, 2 + Math.floor(random() * 4)),
  quoted: '',
})

function answerIn(
  { subject, author, colleague, ids, lastText }: Thread,
  random: () => number,
): Written {
  const answering = colleague && random() < 0.4 ? colleague : author
  const other = answering === author ? colleague : author
  return {
    from: answering,
    cc: other,
    subject: `Re: ${subject}`,
    references: ids.slice(-8),
    text: paragraphs(random, 1 + Math.floor(random() * 2)),
    quoted: lastText,
  }
}

type Sent = Written & {
  id: string
  to: string
  date: Date
  boundary: string
  attachment: { name: string; type: string; content: Buffer } | null
}

/** RFC 5322 and RFC 2045, as a company's mail server hands it over after two hops. */
const rendered = (mail: Sent): Buffer =>
  Buffer.from([...headOf(mail), ...bodyOf(mail)].join('\r\n'))

function headOf(mail: Sent): string[] {
  const { from, to } = mail
  const date = mail.date.toUTCString().replace('GMT', '+0000')
  return [
    `Return-Path: <${from.address}>`,
    `Delivered-To: ${to}`,
    `Received: from mx.${from.domain} (mx.${from.domain} [192.0.2.25])`,
    `\tby mail.example.org (Postfix) with ESMTPS id ${mail.id.split('@')[0]}`,
    `\tfor <${to}>; ${date}`,
    `Received: from [198.51.100.7] (client.${from.domain} [198.51.100.7])`,
    `\tby mx.${from.domain} with ESMTPSA; ${date}`,
    `DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=${from.domain}; s=s1;`,
    `\th=from:to:subject:date:message-id; bh=${'A'.repeat(43)}=;`,
    `\tb=${'B'.repeat(64)}`,
    `\t ${'C'.repeat(64)}=`,
    `Authentication-Results: mail.example.org; dkim=pass header.d=${from.domain}; spf=pass smtp.mailfrom=${from.address}`,
    `Message-ID: <${mail.id}>`,
    `Date: ${date}`,
    'MIME-Version: 1.0',
    'User-Agent: Mozilla Thunderbird',
    `From: ${named(from)}`,
    `To: ${to}`,
    ...(mail.cc ? [`Cc: ${named(mail.cc)}`] : []),
    `Subject: ${encodedWord(mail.subject)}`,
    ...(mail.references.length
      ? [
          `In-Reply-To: <${mail.references.at(-1)}>`,
          `References: ${mail.references.map((id) => `<${id}>`).join('\r\n ')}`,
        ]
      : []),
  ]
}

/** The text twice, plain and marked up, and the attachment that some mails have. */
function bodyOf(mail: Sent): string[] {
  const { boundary, attachment } = mail
  const alternative = [
    `Content-Type: multipart/alternative; boundary="${boundary}a"`,
    '',
    `--${boundary}a`,
    'Content-Type: text/plain; charset=UTF-8; format=flowed',
    'Content-Transfer-Encoding: quoted-printable',
    '',
    quotedPrintable(plainOf(mail)),
    `--${boundary}a`,
    'Content-Type: text/html; charset=UTF-8',
    'Content-Transfer-Encoding: quoted-printable',
    '',
    quotedPrintable(htmlOf(mail)),
    `--${boundary}a--`,
    '',
  ]
  if (!attachment) return alternative
  return [
    `Content-Type: multipart/mixed; boundary="${boundary}m"`,
    '',
    `--${boundary}m`,
    ...alternative,
    `--${boundary}m`,
    `Content-Type: ${attachment.type}; name="${attachment.name}"`,
    `Content-Disposition: attachment; filename="${attachment.name}"`,
    'Content-Transfer-Encoding: base64',
    '',
    (attachment.content.toString('base64').match(/.{1,76}/g) ?? []).join('\r\n'),
    `--${boundary}m--`,
    '',
  ]
}

const plainOf = ({ text, quoted, date, from }: Sent): string =>
  quoted
    ? `${text}\n\nOn ${date.toDateString()}, the help desk wrote:\n${quoted.replace(/^/gm, '> ')}\n`
    : `${text}\n\n-- \n${from.name}\n`

function htmlOf({ text, quoted, from }: Sent): string {
  const signature = `<p>-- <br><b>${from.name}</b></p>`
  const quotation = quoted ? `<blockquote type="cite">${markedUp(quoted)}</blockquote>` : ''
  return `<html><head><meta charset="utf-8"></head><body>${markedUp(text)}${signature}${quotation}</body></html>`
}

const named = ({ name, address }: Person): string => `${encodedWord(name)} <${address}>`

/** RFC 2047, only where it is needed. */
const encodedWord = (text: string): string =>
  /^[\x20-\x7e]*$/.test(text) ? text : `=?UTF-8?B?${Buffer.from(text).toString('base64')}?=`

const markedUp = (text: string): string =>
  text
    .split('\n\n')
    .map(
      (p) =>
        `<p style="margin:0 0 12px;font-family:Calibri,sans-serif">${p.replaceAll('\n', '<br>')}</p>`,
    )
    .join('\n')

/** RFC 2045 section 6.7, lines of at most 76 characters. */
function quotedPrintable(text: string): string {
  return text
    .split('\n')
    .map((line) => {
      const encoded = [...Buffer.from(line)].map((byte) =>
        byte === 0x3d || byte < 0x20 || byte > 0x7e
          ? `=${byte.toString(16).toUpperCase().padStart(2, '0')}`
          : String.fromCharCode(byte),
      )
      const lines = ['']
      for (const unit of encoded) {
        if ((lines.at(-1) ?? '').length + unit.length > 75) lines.push('')
        lines[lines.length - 1] += unit
      }
      return lines.join('=\r\n').replace(/ $/, '=20')
    })
    .join('\r\n')
}
