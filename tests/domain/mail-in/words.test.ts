import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { automaticVerdict } from '../../../domain/mail-in/auto-submitted.ts'
import { deliveryReport } from '../../../domain/mail-in/delivery-report.ts'
import type { ReportInput } from '../../../domain/mail-in/returned-mail.ts'
import {
  beforeName,
  forwardOpening,
  forwardSeparator,
  headerLine,
  type HeaderLabel,
  isAttribution,
  opensAttribution,
  originalSeparator,
  programSignature,
} from '../../../domain/mail-in/quotation-languages.ts'
import { baseSubject, isForwardSubject } from '../../../domain/mail-in/subject-token.ts'
import { isMereThanks } from '../../../domain/mail-in/thanks.ts'
import { anyOf, anyWordOf } from '../../../domain/mail-in/words/any-of.ts'
import { mailLanguages, wordsOfAll } from '../../../domain/mail-in/words/languages.ts'
import type { MailWords } from '../../../domain/mail-in/words/mail-words.ts'

/** With something where a word has room for it. */
const filled = (word: string): string => word.replace('…', ' something ')
const each = (words: readonly string[] | undefined, holds: (word: string) => boolean): void => {
  for (const word of words ?? []) assert.ok(holds(filled(word)), `“${word}”`)
}

const verdict = (of: { from?: string; subject?: string }): boolean =>
  automaticVerdict({
    headers: [],
    from: of.from ?? 'anna@client.example',
    subject: of.subject ?? 'Printer',
    contentType: 'text/plain',
    ownAddresses: [],
  }).automatic

/** A header in a text. */
const EARLIER =
  'Received: from a.example\nMessage-ID: <earlier@desk.example>\nFrom: it@desk.example\nSubject: Printer\n\n'

/** A mail of a mailer daemon that keeps to no standard. */
const bounced = (of: Partial<ReportInput>) =>
  deliveryReport({
    headers: [{ name: 'return-path', value: '<>' }],
    contentType: 'text/plain',
    reportType: '',
    from: 'mailer-daemon@mx.example',
    subject: 'Hello',
    text: 'Sorry.\n\n<bob@client.example>: see below\n',
    statuses: [],
    returned: null,
    ...of,
  })

for (const [code, words] of Object.entries<MailWords>(mailLanguages)) {
  describe(`mail in ${new Intl.DisplayNames(['en'], { type: 'language' }).of(code)}`, () => {
    it('has a header block above what is quoted', () => {
      for (const [label, known] of Object.entries(words.labels ?? {}))
        each(known, (word) => {
          const found = headerLine(`*${word}:* Anna`)
          return found?.content === 'Anna' && sharedLabel(found.label, label, word)
        })
    })

    it('has a separator above an answered mail', () =>
      each(words.original, (word) => originalSeparator.test(`-----${word}-----`)))

    it('has a separator above a forwarded mail, and may run into the line', () =>
      each(
        words.forwarded,
        (word) =>
          forwardSeparator.test(`---------- ${word} ---------`) &&
          forwardOpening.test(`----- ${word} ----- From: Anna <anna@client.example>`),
      ))

    it('has Apple’s sentence above a forwarded mail', () =>
      each(words.beginsForwarded, (word) => forwardSeparator.test(`> ${word}:`)))

    it('has a verb that attributes what is quoted, and what stands before the date', () => {
      each(words.wrote, (word) =>
        isAttribution(`14.05.2024 10:58 Anna <anna@client.example> ${word}:`),
      )
      each(words.on, (word) => opensAttribution(`${word} 14.05.2024 10:58 Anna`))
      each(words.beforeName, (word) => `${word} Anna`.replace(beforeName, '') === 'Anna')
    })

    it('has lines that phones and mail programs add', () => {
      each(words.program, (word) => programSignature.test(`${word}iPhone`))
      each(words.programWhole, (word) => programSignature.test(word))
      each(words.programWhole, (word) => !programSignature.test(`${word}s arrive late`))
    })

    it('has prefixes of answers and of forwarded mail in its subjects', () => {
      each(words.answer, (word) => baseSubject(`${word}: Printer`) === 'Printer')
      each(words.forward, (word) => baseSubject(`${word}: Printer`) === 'Printer')
      // VS: is "forwarded" in two languages and "answer" in a third.
      each(words.forward, (word) => isForwardSubject(`${word}: Printer`) === (word !== 'vs'))
    })

    it('has absence notices, and addresses that nobody reads', () => {
      each(words.absence, (word) => verdict({ subject: `${word}: Printer` }))
      for (const no of words.noReply?.no ?? [])
        for (const reply of words.noReply?.reply ?? [])
          for (const sign of ['', '-', '_', '.'])
            assert.ok(
              verdict({ from: `${no.replaceAll(' ', sign)}${sign}${reply}@client.example` }),
              `${no} ${reply}`,
            )
    })

    it('has bounces that keep to no standard', () => {
      const { bounce } = words
      each(bounce?.subject, (word) => bounced({ subject: `Re ${word}!` }) !== null)
      each(
        bounce?.text,
        (word) => bounced({ text: `It ${word}.\n\n<bob@client.example>\n` }) !== null,
      )
      each(
        bounce?.delay,
        (word) =>
          bounced({ subject: `Undeliverable: ${word}` })?.recipients[0]?.action === 'delayed',
      )
      const above = (line: string): boolean =>
        bounced({
          text: `${EARLIER}Undeliverable: <bob@client.example>\n${line}\n${EARLIER.replace('earlier', 'returned')}`,
        })?.originalInternetId === 'returned@desk.example'
      each(bounce?.ruledAbove, (word) => above(`--- ${word} ---`) && !above(`It is ${word}.`))
      each(bounce?.above, (word) => above(`The ${word}:`))
      for (const begins of bounce?.yourMessage ?? [])
        each(bounce?.didNotArrive, (word) =>
          Boolean(
            bounced({
              from: 'administrator@client.example',
              headers: [],
              text: `${begins}\n\n  Subject: Hi\n\n${word} it.\n\n  bob@client.example ${words.on?.[0] ?? 'on'} 14.05.2024 10:58\n        5.1.1 no such person\n`,
            })?.recipients.some(({ address }) => address === 'bob@client.example'),
          ),
        )
    })

    it('has mails that only say thank you', () => {
      const thanks = words.thanks
      if (!thanks) return
      each(thanks.thanks, (word) => isMereThanks(`${word}!`))
      const [said = ''] = thanks.thanks
      each(thanks.more, (word) => isMereThanks(`${said} ${word}`))
      each(thanks.works, (word) => isMereThanks(`${said}, ${word}.`))
      for (const works of thanks.works?.slice(0, 1) ?? [])
        each(thanks.nowAgain, (word) => isMereThanks(`${said}, ${works} ${word}`))
      const help = thanks.forHelp
      for (const preposition of help?.for ?? [])
        for (const your of help?.your ?? [])
          for (const quick of ['', ...(help?.quick ?? [])])
            each(help?.help, (word) =>
              isMereThanks([said, preposition, your, quick, word].join(' ').replace(/ +/g, ' ')),
            )
      each(thanks.around, (word) => isMereThanks(`${word}, ${said}`))
      each(thanks.salutation, (word) => isMereThanks(`${word} Sam, ${said}`))
      each(thanks.title, (word) =>
        isMereThanks(`${thanks.salutation[0] ?? ''} ${word} Miller, ${said}`),
      )
    })

    it('is written down in lower case, each word once', () => {
      for (const list of listsOf(words)) {
        assert.equal(new Set(list).size, list.length, list.join(', '))
        // Turkish has a capital İ that no rule of case knows.
        each(list, (word) => word.replaceAll('İ', '') === word.replaceAll('İ', '').toLowerCase())
      }
    })
  })
}

describe('a pattern of words', () => {
  it('finds the longest, also beside its beginning', () => {
    const pattern = new RegExp(anyOf(['re', 'ref', 'rép']), 'u')
    assert.equal(pattern.exec('ref: x')?.[0], 'ref')
    assert.equal(pattern.exec('re: x')?.[0], 're')
  })

  it('takes signs as they are', () => {
    assert.ok(new RegExp(`^${anyOf(['a.b(c)', "l'x"])}$`, 'u').test('a.b(c)'))
    assert.ok(!new RegExp(`^${anyOf(['a.b(c)'])}$`, 'u').test('axb(c)'))
  })

  it('leaves room for what is in between, within its bounds', () => {
    const pattern = new RegExp(`^${anyOf(['von…gesendet'], 10)}$`)
    assert.ok(pattern.test('von mir gesendet'))
    assert.ok(!pattern.test(`von ${'x'.repeat(20)} gesendet`))
  })

  it('begins with a whole word in Latin letters', () => {
    const pattern = new RegExp(anyWordOf(['wrote', '写道']), 'iu')
    assert.ok(pattern.test('Anna wrote') && pattern.test('张三写道'))
    assert.ok(!pattern.test('he typewrote'))
  })

  it('comes to an end with a text that only begins like a word, again and again', () => {
    const everything = new RegExp(`^${anyOf(wordsOfAll((words) => words.program))}$`, 'iu')
    for (const sign of ['sent from ', 'von meinem ', '- ', 'a '])
      assert.ok(!everything.test(sign.repeat(20_000)))
  })
})

/** Two languages may have one word for two labels: whichever is asked first is found. */
function sharedLabel(found: HeaderLabel, expected: string, word: string): boolean {
  return (
    found === expected ||
    Object.values(mailLanguages).some(({ labels }) => labels?.[found]?.includes(word))
  )
}

const listsOf = (value: unknown): string[][] =>
  Array.isArray(value)
    ? [value as string[]]
    : typeof value === 'object' && value !== null
      ? Object.values(value).flatMap(listsOf)
      : []
