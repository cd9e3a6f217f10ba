import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { createTransport } from 'nodemailer'
import type { SandboxMail } from '../../scripts/demo/mail-store.mjs'
import { boughtFor } from '../../scripts/demo/approvals-and-purchases.mjs'
import { workedOn } from '../../scripts/demo/admin-work.mjs'
import { demoEnvironment } from '../../scripts/demo/plan.mjs'
import { departments, requesters, staff } from '../../scripts/demo/sample-people.mjs'
import { samples } from '../../scripts/demo/sample-tickets.mjs'
import { eventually } from '../harness/eventually.ts'
import { freePort } from '../harness/free-port.ts'
import { SmtpPeer } from '../harness/smtp-peer.ts'

const SANDBOX = fileURLToPath(new URL('../../scripts/demo/sandbox.mjs', import.meta.url))
const FILL = fileURLToPath(new URL('../../scripts/demo.mjs', import.meta.url))
const ANNA = 'anna.weber@meridian.example'

describe('the demo’s environment', () => {
  it('leads every mail into the sandbox, whatever relay the shell names', () => {
    const { DEFAULT_SMTP_URL, SMTP_RECEIVER_HOST } = demoEnvironment({
      DEFAULT_SMTP_URL: 'smtps://real.example',
      SMTP_RECEIVER_HOST: '0.0.0.0',
    })
    assert.deepEqual([DEFAULT_SMTP_URL, SMTP_RECEIVER_HOST], ['smtp://127.0.0.1:2526', '127.0.0.1'])
  })
  it('names a bad port', () => {
    assert.throws(() => demoEnvironment({ SANDBOX_PORT: '99999' }), /SANDBOX_PORT is not a port/)
  })
})

describe('the samples', () => {
  it('are some forty conversations, told apart by their subjects, between people who exist', () => {
    assert.ok(samples.length >= 35)
    assert.equal(new Set(samples.map((s) => s.subject)).size, samples.length)
    for (const { from, to, steps, subject } of samples) {
      const department = departments.find(({ key }) => key === to)
      assert.ok(
        requesters.some(({ key }) => key === from),
        subject,
      )
      assert.ok(department, subject)
      for (const step of steps) {
        const by = 'take' in step ? step.take : 'by' in step ? step.by : null
        if (by !== null)
          assert.ok(
            staff.find(({ key }) => key === by)?.departments.includes(to),
            `${subject}: ${by}`,
          )
        if ('set' in step && step.set.category)
          assert.ok(department.categories.includes(step.set.category), subject)
        if ('answer' in step)
          assert.ok(department.from, `${subject}: a one-way reply cannot be answered`)
      }
    }
  })
  it('have an open ticket for everything that hangs on one', () => {
    for (const subject of [...Object.values(boughtFor), ...Object.values(workedOn)]) {
      const sample = samples.find((one) => one.subject === subject)
      assert.ok(sample, subject)
      assert.ok(
        !sample.steps.some(
          (step) =>
            ('set' in step && step.set.status === 'solved') ||
            ('reply' in step && step.status === 'solved'),
        ),
        `${subject} is solved`,
      )
    }
  })
  it('use addresses that belong to nobody (RFC 2606)', () => {
    for (const address of [...requesters, ...staff]
      .map(({ email }) => email)
      .concat(departments.map(({ mailbox }) => mailbox)))
      assert.match(address, /\.example$/)
  })
})

describe('the mail sandbox', () => {
  let dataDir: string
  let receiver: SmtpPeer
  let env: Record<string, string>
  let url: string
  let sandbox: ChildProcess

  const start = async (): Promise<void> => {
    sandbox = spawn(process.execPath, [SANDBOX], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    await eventually(
      'the sandbox answers',
      async () => (await fetch(`${url}/alive`).catch(() => null))?.ok,
    )
  }
  const stop = async (): Promise<unknown> => {
    const ended = new Promise((resolve) => sandbox.once('exit', resolve))
    sandbox.kill('SIGTERM')
    return ended
  }
  const mailsOf = async (person: string): Promise<SandboxMail[]> =>
    (await fetch(`${url}/api/mails?as=${person}`)).json() as Promise<SandboxMail[]>
  const form = (to: string, fields: Record<string, string>): Promise<Response> =>
    fetch(`${url}${to}`, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' })

  before(async () => {
    dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'guichet-sandbox-'))
    fs.writeFileSync(path.join(dataDir, 'kind'), 'demo\n')
    receiver = await SmtpPeer.start()
    env = {
      GUICHET_DEMO: 'true',
      DATA_DIR: dataDir,
      SANDBOX_PORT: String(await freePort()),
      SANDBOX_SMTP_PORT: String(await freePort()),
      SMTP_RECEIVER_PORT: String(receiver.port),
    }
    url = `http://127.0.0.1:${env['SANDBOX_PORT']}`
    await start()
  })
  after(async () => {
    await stop()
    await receiver?.stop()
    fs.rmSync(dataDir, { recursive: true, force: true })
  })

  it('writes as a requester, by real SMTP, to Guichet’s receiver', async () => {
    const answer = await form('/write', {
      as: ANNA,
      to: 'it@meridian.example',
      subject: 'Grüße',
      text: 'Hello',
    })
    assert.match(answer.headers.get('location') ?? '', /done=sent/)
    const mail = receiver.mails.at(-1)
    assert.deepEqual([mail?.from, mail?.to], [ANNA, ['it@meridian.example']])
    assert.match(mail?.raw.toString() ?? '', /^From: Anna Weber </m)
  })

  it('shows what was sent, and answers it with the headers of a mail program', async () => {
    await createTransport({
      host: '127.0.0.1',
      port: Number(env['SANDBOX_SMTP_PORT']),
      ignoreTLS: true,
    }).sendMail({
      from: 'IT <it@meridian.example>',
      to: ANNA,
      replyTo: 'it+t7.x@meridian.example',
      messageId: '<ours@meridian.example>',
      references: ['<root@x>'],
      subject: 'Re: [#7] <b>Grüße</b>',
      text: 'Restart it.',
      html: '<b>Restart it.</b>',
    })
    const [received] = await mailsOf(ANNA)
    assert.equal(received?.direction, 'received')
    const page = await (await fetch(`${url}/?as=${ANNA}&mail=${received.id}`)).text()
    assert.match(page, /Re: \[#7\] &lt;b&gt;Grüße&lt;\/b&gt;/)
    assert.equal(
      (await fetch(`${url}/html?id=${received.id}`)).headers
        .get('content-security-policy')
        ?.includes('sandbox'),
      true,
    )

    await form('/answer', { as: ANNA, id: received.id, text: 'It works.' })
    const raw = receiver.mails.at(-1)?.raw.toString() ?? ''
    assert.deepEqual(receiver.mails.at(-1)?.to, ['it+t7.x@meridian.example'])
    assert.match(
      raw,
      /^In-Reply-To: <ours@meridian\.example>\r\nReferences: <root@x> <ours@meridian\.example>/m,
    )
    assert.match(raw, /It works\.[^]*wrote:\r\n> Restart it\./)
  })

  it('says so when the receiver is not there', async () => {
    await receiver.stop()
    const answer = await form('/write', {
      as: ANNA,
      to: 'it@meridian.example',
      subject: 'x',
      text: 'x',
    })
    assert.match(answer.headers.get('location') ?? '', /failed=/)
    await receiver.start()
  })

  it('answers nobody but a page of its own on this machine', async () => {
    assert.equal(
      (
        await fetch(`${url}/write`, {
          method: 'POST',
          headers: { origin: 'https://evil.example' },
          body: 'as=x',
        })
      ).status,
      403,
    )
  })

  it('has its mails again after a restart', async () => {
    const before = await mailsOf(ANNA)
    await stop()
    await start()
    assert.deepEqual(
      (await mailsOf(ANNA)).map((mail) => [mail.id, mail.subject]),
      before.map((mail) => [mail.id, mail.subject]),
    )
  })

  for (const [what, script] of [
    ['the sandbox', SANDBOX],
    ['filling in', FILL],
  ] as const) {
    it(`${what} refuses to touch anything but a demo`, () => {
      const real = fs.mkdtempSync(path.join(os.tmpdir(), 'guichet-real-'))
      fs.writeFileSync(path.join(real, 'kind'), 'real\n')
      const { status, stderr } = spawnSync(process.execPath, [script], {
        env: { ...process.env, ...env, DATA_DIR: real },
        encoding: 'utf8',
      })
      fs.rmSync(real, { recursive: true })
      assert.notEqual(status, 0)
      assert.match(stderr, /does not touch real data/)
    })
  }
})
