import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { parseMail } from '../../../../activities/mail-in/mime/parse.ts'

const folder = new URL('../../../fixtures/mail/', import.meta.url)
const fixtures = readdirSync(folder)
  .filter((name) => name.endsWith('.eml'))
  .map((name) => ({ name, bytes: readFileSync(new URL(name, folder)) }))

/** A fixed sequence, so that what fails once fails again. */
function sequence(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state % below
  }
}

/**
 * CPU microseconds, not time: a busy machine is no defect. What is quadratic in the mail's size
 * takes minutes.
 */
const LONGEST_CPU = 8_000_000

async function survives(bytes: Uint8Array, what: string): Promise<void> {
  const started = process.cpuUsage()
  const parsed = await parseMail(bytes).catch((error: unknown) =>
    assert.fail(
      `${what}: ${String(error instanceof Error ? (error.cause instanceof Error ? error.cause.stack : error.stack) : error)}`,
    ),
  )
  const { user, system } = process.cpuUsage(started)
  assert.ok(
    user + system < LONGEST_CPU,
    `${what} took too long: ${Math.round((user + system) / 1000)} ms of CPU`,
  )
  const texts = JSON.stringify([
    parsed.text,
    parsed.subject,
    parsed.html,
    parsed.headers,
    parsed.from,
    parsed.attachments.map((file) => file.filename),
  ])
  assert.doesNotMatch(texts, /\\u0000|\\ud[89a-f][0-9a-f]{2}/i, `${what}: not storable`)
  assert.doesNotMatch(parsed.html ?? '', /<script|\son\w+=|javascript:/i, `${what}: unsafe`)
}

describe('a damaged mail is still read', () => {
  it('cut anywhere', async () => {
    for (const { name, bytes } of fixtures)
      for (let part = 1; part < 24; part++)
        await survives(
          bytes.subarray(0, Math.max(1, Math.floor((bytes.length * part) / 24))),
          `${name} cut at ${part}/24`,
        )
  })
  it('with bytes changed', async () => {
    for (const { name, bytes } of fixtures) {
      const next = sequence(bytes.length)
      for (let round = 0; round < 25; round++) {
        const damaged = Buffer.from(bytes)
        for (let flips = 0; flips < 1 + round; flips++) damaged[next(damaged.length)] = next(256)
        await survives(damaged, `${name} round ${round}`)
      }
    }
  })
  it('with lines lost, doubled and swapped', async () => {
    for (const { name, bytes } of fixtures) {
      const next = sequence(bytes.length + 7)
      const lines = bytes.toString('latin1').split('\r\n')
      for (let round = 0; round < 15; round++) {
        const damaged = [...lines]
        damaged.splice(next(damaged.length), 1 + next(3))
        damaged.splice(next(damaged.length + 1), 0, lines[next(lines.length)] ?? '')
        await survives(
          Buffer.from(damaged.join(round % 2 ? '\n' : '\r\n'), 'latin1'),
          `${name} lines ${round}`,
        )
      }
    }
  })
  it('of nothing but noise', async () => {
    const next = sequence(42)
    for (let round = 0; round < 100; round++)
      await survives(
        Buffer.from(Array.from({ length: 1 + next(3000) }, () => next(256))),
        `noise ${round}`,
      )
  })
  it('made to be slow', async () => {
    const head = 'From: a@x.example\r\nContent-Type: text/html\r\n\r\n'
    const hostile = [
      `${head}${'<div>'.repeat(200_000)}deep`,
      `${head}${'<b>'.repeat(200_000)}`,
      `${head}${'<'.repeat(500_000)}`,
      `${head}${'<!--'.repeat(100_000)}`,
      `${head}${'<blockquote type=cite>'.repeat(20_000)}`,
      `${head}${'<a href="'.repeat(50_000)}`,
      `${head}${'<div style="border-top:solid #E1E1E1 1pt">From: a@b Sent: 1'.repeat(2000)}`,
      `${head}${'-- <br>'.repeat(20_000)}`,
      `${head}${'<br>'.repeat(300_000)}`,
      `From: ${'a@x.example, '.repeat(20_000)}\r\n\r\nx`,
      `From: ${'('.repeat(100_000)}\r\n\r\nx`,
      `From: ${'"'.repeat(100_000)}\r\n\r\nx`,
      `From: ${'<'.repeat(100_000)}\r\n\r\nx`,
      `Subject: ${'=?utf-8?q?'.repeat(25_000)}\r\n\r\nx`,
      `Subject: ${'=?utf-8?q?a?= '.repeat(15_000)}\r\n\r\nx`,
      `Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\n'.repeat(200_000)}`,
      `Content-Type: text/plain; ${'a*0*=x; '.repeat(20_000)}\r\n\r\nx`,
      `From: a@x.example\r\n\r\n${'begin 644 a\n'.repeat(50_000)}`,
      `From: a@x.example\r\nContent-Type: text/calendar\r\n\r\nBEGIN:VEVENT\r\n${'SUMMARY;A=";'.repeat(50_000)}`,
      `From: a@x.example\r\n${'X: y\r\n'.repeat(100_000)}\r\nx`,
      `From: mailer-daemon@x.example\r\nSubject: Undelivered\r\n\r\n${'a@b.example '.repeat(20_000)}`,
      `From: a@x.example\r\n\r\n${'-----BEGIN PGP SIGNED MESSAGE-----\n'.repeat(10_000)}`,
    ]
    for (const text of hostile) await survives(Buffer.from(text), text.slice(0, 80))
  })
})
