import assert from 'node:assert/strict'
import { test } from 'node:test'
import { simpleParser } from 'mailparser'
import { corpus } from '../../../scripts/bench/corpus.ts'

const shape = { count: 200, seed: 3, address: 'support@example.org' }

test('the shares are exact, whatever the seed', () => {
  for (const seed of [1, 2, 3, 99]) {
    const mails = corpus({ ...shape, seed })
    assert.equal(mails.filter((m) => m.isReply).length, 80)
    assert.equal(mails.filter((m) => m.hasAttachment).length, 30)
    assert.equal(new Set(mails.map((m) => m.thread)).size, 120)
    assert.equal(mails[0]?.isReply, false)
  }
})

test('the same seed makes the same mails, another seed shares no Message-ID with them', async () => {
  const again = corpus(shape)
  for (const [i, mail] of corpus(shape).entries()) assert.ok(mail.raw.equals(again[i]!.raw))
  const ids = async (seed: number): Promise<(string | undefined)[]> =>
    Promise.all(
      corpus({ ...shape, count: 30, seed }).map(async (m) => (await simpleParser(m.raw)).messageId),
    )
  const [one, other] = [await ids(1), await ids(2)]
  assert.equal(new Set([...one, ...other]).size, 60)
})

test('an answer names mails of its own thread that were delivered before it', async () => {
  const threadOf = new Map<string, number>()
  for (const mail of corpus(shape)) {
    const parsed = await simpleParser(mail.raw)
    const references = [parsed.references ?? []].flat()
    assert.equal(references.length > 0, mail.isReply)
    for (const id of references) assert.equal(threadOf.get(id), mail.thread)
    assert.equal(parsed.inReplyTo, references.at(-1))
    threadOf.set(parsed.messageId ?? '', mail.thread)
  }
})

test('every mail reads as a mail: text, HTML, sender, date, and the attachment whole', async () => {
  for (const mail of corpus(shape)) {
    const parsed = await simpleParser(mail.raw)
    assert.ok(parsed.text?.startsWith('Hello,'))
    assert.match(String(parsed.html), /<p style=/)
    assert.match(parsed.from?.value[0]?.address ?? '', /^[a-z.]+@[a-z.]+$/)
    assert.ok((parsed.from?.value[0]?.name.length ?? 0) > 3)
    assert.ok(parsed.date instanceof Date)
    assert.doesNotMatch(parsed.subject ?? '', /[�?=]/)
    assert.equal(parsed.attachments.length, mail.hasAttachment ? 1 : 0)
    if (mail.hasAttachment) assert.ok((parsed.attachments[0]?.size ?? 0) >= 4_000)
    for (const line of mail.raw.toString('latin1').split('\r\n')) assert.ok(line.length <= 998)
  }
})
