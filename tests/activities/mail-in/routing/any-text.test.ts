import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import fc from 'fast-check'
import { persistEvents } from '../../../../activities/projection/persist.ts'
import { readCommand } from '../../../../domain/command-schema.ts'
import { loadTicket } from '../../../../application/tickets/load-ticket.ts'
import { decideBatch } from '../../../../workflows/ticket/decisions.ts'
import { anyText } from '../../../domain/arbitrary-text.ts'
import { NOW } from '../../../domain/given.ts'
import { freshId } from '../../../integration/support/mails.ts'
import { TakingMail } from '../intake-desk.ts'

/** Every header that routing or a conversation reads, and some that nobody expects text in. */
const headers = [
  'Subject',
  'From',
  'To',
  'Cc',
  'Reply-To',
  'In-Reply-To',
  'References',
  'Message-ID',
  'Date',
  'Auto-Submitted',
  'Authentication-Results',
  'List-Id',
  'X-Failed-Recipients',
]

/** As a mailer writes it, as an old one does, and as a broken one does. */
const written: fc.Arbitrary<(text: string) => Buffer> = fc.constantFrom(
  (text: string) => Buffer.from(`=?utf-8?B?${Buffer.from(text).toString('base64')}?=`),
  (text: string) =>
    Buffer.from(`=?utf-16le?B?${Buffer.from(text, 'utf16le').toString('base64')}?=`),
  (text: string) => Buffer.from(text.replace(/[\r\n]+/g, ' ')),
  (text: string) => Buffer.from(text.replace(/[\r\n]+/g, ' '), 'latin1'),
)

describe('no text of a mail can stop its ticket', () => {
  let desk: TakingMail
  let box: string

  before(async () => {
    desk = await TakingMail.start()
    box = await desk.mailbox('it@desk.test', await desk.department('IT', true))
  })
  after(() => desk?.stop())

  /** The way of a ticket's workflow. */
  async function isWritten(id: string): Promise<void> {
    const sent = desk.sent.find((one) => one.command.id === `mail-${id}`)
    if (!sent) return
    // As Temporal carries it.
    const command = readCommand(sent.name, JSON.parse(JSON.stringify(sent.command)))
    assert.ok(!('code' in command), 'code' in command ? command.message : '')
    const before = await loadTicket(desk.db, sent.facts.number)
    const { ticket, events } = decideBatch(before, [{ name: sent.name, command }], new Set(), NOW)
    const outcome = await persistEvents(desk.db, { ticket, basedOn: before.version, events })
    assert.ok(!('unwritable' in outcome), 'unwritable' in outcome ? outcome.unwritable : '')
  }

  for (const header of headers)
    it(`${header}: whatever stands in it`, async () => {
      await fc.assert(
        fc.asyncProperty(anyText, anyText, written, async (text, body, write) => {
          const base = { Subject: 'x', From: 'anna@client.example', 'Message-ID': `<${freshId()}>` }
          const lines = Object.entries({ ...base, [header]: null }).map(([name, value]) =>
            value === null
              ? Buffer.concat([Buffer.from(`${name}: `), write(text), Buffer.from('\r\n')])
              : Buffer.from(`${name}: ${value}\r\n`),
          )
          const raw = Buffer.concat([
            ...lines,
            Buffer.from('Content-Type: text/plain; charset=utf-8\r\n\r\n'),
            Buffer.from(body),
          ])
          const [line] = await desk.take(box, raw)
          assert.notEqual(line!.outcome, 'quarantine', JSON.stringify(line!.reason))
          await isWritten(line!.id)
        }),
        { numRuns: 8, endOnFailure: true },
      )
    })

  for (const [header, text] of Object.entries({
    Subject: 'Wide '.repeat(2_000),
    From: `${'Anna '.repeat(2_000)}<anna@client.example>`,
    'Reply-To': `<${'a'.repeat(3_000)}@client.example>`,
    Cc: Array.from(
      { length: 300 },
      (_, i) => `${'Ben '.repeat(90)}<ben${i}@client.example>`,
    ).join(),
  }))
    it(`${header}: however long it is`, async () => {
      const given = { From: '<anna@client.example>', Subject: 'x', [header]: text }
      const lines = Object.entries(given).map(([name, value]) => `${name}: ${value}\r\n`)
      const [line] = await desk.take(
        box,
        Buffer.from(`${lines.join('')}Message-ID: <${freshId()}>\r\n\r\n${'word '.repeat(9_000)}`),
      )
      assert.equal(line!.outcome, 'ticket')
      await isWritten(line!.id)
    })
})
