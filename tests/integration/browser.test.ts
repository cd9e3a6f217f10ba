import assert from 'node:assert/strict'
import { after, before, describe } from 'node:test'
import { simpleParser } from 'mailparser'
import type { BrowserContext, Page } from 'playwright-core'
import labels from '../../languages/generated/en/web.ts'
import { openBrowser } from '../harness/chromium.ts'
import { Dovecot } from '../harness/dovecot.ts'
import { eventually } from '../harness/eventually.ts'
import { Guichet } from '../harness/guichet.ts'
import { withoutChromium, withoutDovecot } from '../harness/needs.ts'
import { SmtpPeer } from '../harness/smtp-peer.ts'
import { assertAccessible, assertFits, picture, step } from './support/browsing.ts'
import { rawMail } from './support/mails.ts'
import { Visitor } from './support/visitor.ts'
import { mailClients } from './support/mail-clients.ts'

/**
 * The whole path as a person sees it: from the set-up link to the requester's answer, in Chromium,
 * with nothing but the page.
 */
describe('the web app', { skip: withoutDovecot || withoutChromium }, () => {
  let guichet: Guichet
  let dovecot: Dovecot
  let peer: SmtpPeer
  let browser: BrowserContext
  let page: Page
  let ticket = ''
  const complaints: string[] = []
  const at = (): Page => page
  const admin = {
    email: 'ida@desk.test',
    name: 'Ida Admin',
    password: 'a sentence is easier to remember',
  }
  const anna = 'Anna Weber <anna@client.example>'

  before(async () => {
    dovecot = await Dovecot.start()
    dovecot.addUser('it', 'imap-secret')
    peer = await SmtpPeer.start({ user: 'it-out', password: 'smtp-secret' })
    guichet = await Guichet.start({ env: { ADMIN_EMAIL: '', ADMIN_PASSWORD: '' } })
    browser = await openBrowser()
    page = await browser.newPage()
    page.setDefaultTimeout(180_000)
    page.on('pageerror', (error) => complaints.push(String(error)))
    page.on('console', (message) => {
      if (message.type() === 'error' && !/40[14]/.test(message.text()))
        complaints.push(message.text())
    })
  })
  after(async () => {
    await browser?.close()
    await guichet?.stop()
    await Promise.all([peer?.stop(), dovecot?.remove()])
  })

  const field = (label: string) => page.getByLabel(label, { exact: true })
  const button = (name: string) => page.getByRole('button', { name, exact: true })
  const conversation = () => page.getByRole('region', { name: labels.ticket.label })
  const inList = (subject: string) =>
    page
      .getByRole('region', { name: labels.list.label })
      .getByRole('link', { name: new RegExp(subject) })
  async function choose(property: string, option: string | RegExp): Promise<void> {
    await page
      .getByRole('button', { name: new RegExp(`^${property}:`) })
      .first()
      .click()
    await page.getByRole('option', { name: option }).first().click()
  }

  step('makes the first admin by the printed link, once', at, async () => {
    const link = await eventually('the set-up link is printed', () =>
      guichet.lines.map((line) => /http\S+\/setup\/[\w-]+/.exec(line)?.[0]).find(Boolean),
    )
    await page.goto(link)
    await field(labels.session.email).fill(admin.email)
    await field(labels.session.name).fill(admin.name)
    await field(labels.session.newPassword).fill(admin.password)
    await assertAccessible(page, 'set-up')
    await button(labels.setUp.action['first-admin']).click()
    await page.waitForURL('**/welcome')
    const second = await browser.newPage()
    await second.goto(link)
    await second.getByText(labels.setUp.refused).waitFor()
    await second.close()
  })

  step('leads through department, mailbox and sender', at, async () => {
    await field(labels.department.name).fill('IT')
    await assertAccessible(page, 'the first step')
    await button(labels.welcome.next).click()
    await field(labels.mailbox.address).fill('it@desk.test')
    await connect({ port: dovecot.port, user: 'it', password: 'wrong' })
    await button(labels.mailbox.test).click()
    await page.getByText(labels.test.failed).waitFor()
    await field(labels.mailbox.password).fill('imap-secret')
    await button(labels.mailbox.test).click()
    await page.getByText(labels.test.ok).waitFor()
    await assertAccessible(page, 'the second step')
    await button(labels.welcome.next).click()
    await field(labels.sender.from).fill('IT Support <it@desk.test>')
    await connect({ port: peer.port, user: 'it-out', password: 'smtp-secret' })
    await button(labels.welcome.next).click()
    await page.getByText(labels.welcome.done.title).waitFor()
    await page
      .getByRole('link', { name: labels.welcome.finish })
      .or(button(labels.welcome.finish))
      .click()
    await page.waitForURL(/\/tickets/)
  })

  /**
   * The form of a mail account: a server of one's own, without TLS as these are on this machine.
   */
  async function connect({
    port,
    user,
    password,
  }: {
    port: number
    user: string
    password: string
  }): Promise<void> {
    const other = page
      .getByRole('radio', { name: labels.provider.other })
      .or(button(labels.provider.other))
    if (await other.count()) await other.first().click()
    await field(labels.mailbox.host).fill('127.0.0.1')
    await field(labels.mailbox.security).selectOption({ label: labels.mailbox.startTls })
    await field(labels.mailbox.port).fill(String(port))
    await field(labels.mailbox.user).fill(user)
    await field(labels.mailbox.password).fill(password)
  }

  step('shows a mail that comes in, by itself', at, async () => {
    await page.getByRole('link', { name: labels.views.all, exact: true }).click()
    await page.getByText(labels.list.empty.all).waitFor()
    await page.evaluate(() => {
      document.documentElement.dataset['marked'] = 'not reloaded'
    })
    await eventually('the mailbox is watched', async () =>
      (await page.request.get(`${guichet.url}/api/v1/mailboxes`).then((r) => r.text())).includes(
        '"watching"',
      ),
    )
    dovecot.deliver(
      'it',
      rawMail({
        from: anna,
        subject: 'The printer jams',
        text: 'It jams again.\n',
        html: '<p>It jams <b>again</b>.</p>',
      }),
    )
    await inList('The printer jams').waitFor()
    assert.equal(
      await page.evaluate(() => document.documentElement.dataset['marked']),
      'not reloaded',
    )
    await picture(page, 'list')
  })

  step('opens it and answers with an attachment', at, async () => {
    await inList('The printer jams').click()
    await conversation().frameLocator('iframe').getByText('It jams again.').waitFor()
    ticket = new URL(page.url()).pathname
    await button(labels.composer.reply).click()
    await page
      .getByRole('textbox', { name: labels.composer.replyText })
      .fill('Please clean the rollers, see the leaflet.')
    const chosen = page.waitForEvent('filechooser')
    await button(labels.composer.attach).click()
    await (
      await chosen
    ).setFiles({
      name: 'leaflet.pdf',
      mimeType: 'application/pdf',
      buffer: Buffer.from('%PDF-1.4 leaflet'),
    })
    await page
      .getByRole('button', { name: labels.composer.removeFile.replace('{{name}}', 'leaflet.pdf') })
      .waitFor()
    await page.getByRole('progressbar').waitFor({ state: 'detached' })
    await button(labels.composer.send).click()
    await conversation().getByText('Please clean the rollers').first().waitFor()
    const mail = await simpleParser(
      (await peer.waitFor((m) => m.raw.includes('clean the rollers'))).raw,
    )
    assert.deepEqual(
      [mail.from?.text, mail.attachments.map((a) => a.content.toString())],
      ['"IT Support" <it@desk.test>', ['%PDF-1.4 leaflet']],
    )
    await page
      .getByRole('article')
      .filter({ hasText: 'Please clean the rollers' })
      .getByText(labels.delivery.sent, { exact: true })
      .waitFor()
    await picture(page, 'ticket')
  })

  step('shows the requester’s answer, by itself', at, async () => {
    const answered = await simpleParser(
      peer.mails.find((m) => m.raw.includes('clean the rollers'))!.raw,
    )
    dovecot.deliver(
      'it',
      mailClients['Apple Mail']!({
        from: anna,
        text: 'The rollers are clean now.',
        original: answered,
      }),
    )
    await conversation().getByText('The rollers are clean now.').first().waitFor()
    assert.equal(
      await page.evaluate(() => document.documentElement.dataset['marked']),
      'not reloaded',
    )
  })

  step('keeps note, status and owner, and tells their history', at, async () => {
    await button(labels.composer.note).click()
    await page
      .getByRole('textbox', { name: labels.composer.noteText })
      .fill('Rollers are worn: order new ones.')
    await button(labels.composer.addNote).click()
    await conversation().getByText('Rollers are worn').first().waitFor()
    await choose(labels.field.owner, new RegExp(admin.name))
    await choose(labels.field.priority, labels.priority.high)
    await choose(labels.field.status, labels.status.solved)
    await page.getByRole('tab', { name: labels.ticket.history }).click()
    const told = (text: string, values: Record<string, string>): string =>
      Object.entries(values).reduce((t, [name, value]) => t.replace(`{{${name}}}`, value), text)
    for (const line of [
      told(labels.events.noteAdded, { who: admin.name }),
      told(labels.events.ownerChanged.self, { who: admin.name }),
      told(labels.events.priorityChanged, {
        who: admin.name,
        from: labels.priority.normal,
        to: labels.priority.high,
      }),
      told(labels.events.statusChanged.agent, {
        who: admin.name,
        from: labels.status.open,
        to: labels.status.solved,
      }),
    ])
      await conversation().getByText(line).first().waitFor()
    assert.equal(
      peer.mails.some((m) => m.raw.includes('Rollers are worn')),
      false,
    )
    await picture(page, 'history')
  })

  step('lets the owner choose what is told of this ticket', at, async () => {
    const { notifications } = labels
    await page
      .getByRole('button', { name: `${notifications.hereLabel}: ${notifications.here.usual}` })
      .waitFor()
    await choose(notifications.hereLabel, notifications.hereHint.none)
    await picture(page, 'notification-level')
    await page.reload()
    await page
      .getByRole('button', { name: `${notifications.hereLabel}: ${notifications.here.none}` })
      .waitFor()
    await choose(notifications.hereLabel, notifications.hereHint.usual)
    await page
      .getByRole('button', { name: `${notifications.hereLabel}: ${notifications.here.usual}` })
      .waitFor()
  })

  // What else there is to see stands in web/pages.test.ts: here is what a desk has in its first hour.
  step('is accessible in light and in dark, with mail and with nothing set up', at, async () => {
    const visitor = new Visitor(page, guichet.url)
    const pages: [route: string, shows: string][] = [
      ['/tickets?view=all', 'The printer jams'],
      [ticket, 'The rollers are clean now.'],
      [`${ticket}?tab=history`, labels.events.noteAdded.replace('{{who}}', admin.name)],
      ['/outbox', 'The printer jams'],
      ['/settings', 'it@desk.test'],
      ['/settings/people', admin.email],
      ['/settings/categories', labels.categories.none],
      ['/settings/templates', labels.templates.none],
      ['/settings/tokens', labels.tokens.none],
    ]
    for (const [route, shows] of pages) {
      await visitor.follow(route)
      await page.getByText(shows).first().waitFor()
      await page.locator('[aria-busy=true]').waitFor({ state: 'detached' })
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        await page.locator(`html[data-theme=${colorScheme}]`).waitFor()
        await assertAccessible(page, `${route} in ${colorScheme}`)
      }
    }
    await picture(page, 'last')
  })

  step('works on a phone', at, async () => {
    await page.setViewportSize({ width: 390, height: 844 })
    await page.goto(`${guichet.url}/tickets?view=all`)
    await inList('The printer jams').waitFor()
    await assertFits(page, 'the list')
    await inList('The printer jams').click()
    await conversation().getByText('The rollers are clean now.').first().waitFor()
    await assertFits(page, 'the ticket')
    await assertAccessible(page, 'the ticket on a phone')
    await picture(page, 'phone')
    await button(labels.ticket.backToList).click()
    await inList('The printer jams').waitFor()
  })

  step('speaks French', at, async () => {
    const french = await openBrowser({ locale: 'fr-FR' })
    try {
      const other = await french.newPage()
      await other.goto(guichet.url)
      await other.getByRole('button', { name: 'Se connecter' }).waitFor()
      assert.equal(await other.evaluate(() => document.documentElement.lang), 'fr')
      await assertAccessible(other, 'sign-in')
    } finally {
      await french.close()
    }
  })

  step('complains about nothing in the console', at, () => {
    assert.deepEqual(complaints, [])
    return Promise.resolve()
  })
})
