import assert from 'node:assert/strict'
import { after, before, describe } from 'node:test'
import { simpleParser } from 'mailparser'
import type { BrowserContext, Page } from 'playwright-core'
import type { ApiClient } from '../harness/api-client.ts'
import { openBrowser } from '../harness/chromium.ts'
import { eventually } from '../harness/eventually.ts'
import { Guichet } from '../harness/guichet.ts'
import { withoutChromium } from '../harness/needs.ts'
import { SmtpPeer } from '../harness/smtp-peer.ts'
import { assertAccessible, assertFits, picture, step } from './support/browsing.ts'

/**
 * From the agent's question to the approver's answer on a phone, and from a purchase request to
 * what arrives: the whole product, in a browser.
 */
describe('approvals and purchases in the browser', { skip: withoutChromium }, () => {
  let guichet: Guichet
  let peer: SmtpPeer
  let admin: ApiClient
  let ticket = 0
  let page: Page
  let phone: Page
  let link = ''
  const closing: BrowserContext[] = []

  before(async () => {
    peer = await SmtpPeer.start()
    guichet = await Guichet.start({
      env: { DEFAULT_SMTP_URL: peer.url, DEFAULT_FROM: 'Help <donotreply@help.example>' },
    })
    admin = await guichet.admin()
    const { id: departmentId } = await admin.post<{ id: string }>('/departments', {
      name: 'IT',
      acknowledge: false,
    })
    await admin.post('/users', {
      email: 'ida@desk.test',
      name: 'Ida Berger',
      role: 'approver',
      password: 'correct horse battery',
    })
    ticket = (
      await admin.post<{ number: number }>('/tickets', {
        departmentId,
        requester: { email: 'anna@client.example' },
        subject: 'A secret subject',
        text: 'Confidential.',
      })
    ).number
    const desk = await openBrowser({
      viewport: { width: 1440, height: 900 },
      locale: 'en-GB',
      colorScheme: 'light',
    })
    const mobile = await openBrowser({
      viewport: { width: 390, height: 844 },
      locale: 'fr-FR',
      colorScheme: 'dark',
    })
    closing.push(desk, mobile)
    page = await desk.newPage()
    phone = await mobile.newPage()
    for (const one of [page, phone]) one.setDefaultTimeout(180_000)
    await page.goto(`${guichet.url}/sign-in`)
    await page.locator('input[type=email]').fill(guichet.adminEmail)
    await page.locator('input[type=password]').fill(guichet.adminPassword)
    await page.locator('button[type=submit]').click()
    await page.waitForURL(/\/(tickets|welcome)/)
  })
  after(async () => {
    await Promise.all(closing.map((one) => one.close()))
    await guichet?.stop()
    await peer?.stop()
  })

  step(
    'an agent asks somebody without an account',
    () => page,
    async () => {
      await page.goto(`${guichet.url}/tickets/${ticket}?tab=approvals`)
      await page.getByText('Nothing to approve or to buy').waitFor()
      await assertAccessible(page, 'no approvals')
      await page.getByRole('button', { name: 'Ask for approval' }).click()
      await page.getByLabel('What is to be approved').fill('A laptop for Anna')
      await page.getByLabel('Explanation').fill('The old one is broken.')
      await page.getByLabel('Amount').fill('1200,50')
      await page.getByPlaceholder('or an e-mail address').first().fill('boss@client.example')
      await page.keyboard.press('Enter')
      await page.getByLabel('Decide by').fill('2031-03-01T12:00')
      await assertAccessible(page, 'asking')
      await picture(page, 'asking')
      await page.getByRole('dialog').getByRole('button', { name: 'Ask for approval' }).click()
      await page
        .getByRole('article', { name: 'A laptop for Anna' })
        .getByText('€1,200.50')
        .waitFor()
      await assertAccessible(page, 'an approval')
      await assertFits(page, 'an approval')
      await picture(page, 'approval')
    },
  )

  step(
    'who is asked by a mail that names nothing of the ticket',
    () => page,
    async () => {
      const mail = await eventually('the mail', () =>
        peer.mails.find(({ to }) => to.includes('boss@client.example')),
      )
      const { text = '', subject } = await simpleParser(mail.raw)
      assert.equal(subject, 'Please decide: A laptop for Anna')
      assert.match(text, /asks for your decision\.[^]*The old one is broken\.[^]*€1,200\.50/)
      assert.doesNotMatch(text, /secret subject|Confidential|\/tickets\//)
      link = /http:\S+\/approve\/[\w-]+/.exec(text)?.[0] ?? ''
      assert.notEqual(link, '')
    },
  )

  step(
    'and decides on a phone, without signing in',
    () => phone,
    async () => {
      await phone.goto(link)
      await phone.getByRole('heading', { name: 'A laptop for Anna' }).waitFor()
      await assertAccessible(phone, 'the personal link')
      await assertFits(phone, 'the personal link')
      await picture(phone, 'personal-link')
      await phone.getByRole('button', { name: 'Refuser' }).click()
      await phone.getByText('Indiquez le motif de votre refus.').waitFor()
      await phone.getByLabel('Commentaire').fill('D’accord.')
      await phone.getByRole('button', { name: 'Approuver' }).click()
      await phone.getByText(/Merci\./).waitFor()
      await assertAccessible(phone, 'decided')
      await phone.reload()
      await phone.getByText(/Vous avez approuvé «.A laptop for Anna.»/).waitFor()
      await assertAccessible(phone, 'a used link')
    },
  )

  step(
    'or hands it on from there, to somebody who gets a link of their own',
    () => phone,
    async () => {
      await admin.post(`/tickets/${ticket}/approvals`, {
        subject: 'A second screen',
        stages: [{ rule: { kind: 'any' }, approvers: [{ email: 'boss@client.example' }] }],
      })
      const mailed = async (to: string): Promise<string> => {
        const mail = await eventually(`the mail to ${to}`, async () => {
          const found = await Promise.all(
            peer.mails.filter((one) => one.to.includes(to)).map(({ raw }) => simpleParser(raw)),
          )
          return found.find(({ subject = '' }) => subject.includes('A second screen'))
        })
        return /http:\S+\/approve\/[\w-]+/.exec(mail.text ?? '')?.[0] ?? ''
      }
      const first = await mailed('boss@client.example')
      await phone.goto(first)
      await phone.getByRole('button', { name: 'Déléguer' }).click()
      await phone.getByLabel('À qui').fill('Lea')
      await phone.getByRole('button', { name: 'Déléguer' }).click()
      await phone.getByText('Ce n’est pas une adresse e-mail.').waitFor()
      await phone.getByLabel('À qui').fill('lea@client.example')
      await assertAccessible(phone, 'handing on by the link')
      await assertFits(phone, 'handing on by the link')
      await picture(phone, 'link-delegation')
      await phone.getByRole('button', { name: 'Déléguer' }).click()
      await phone.getByText(/lea@client\.example est sollicité à votre place/).waitFor()
      await assertAccessible(phone, 'handed on')
      await phone.reload()
      await phone.getByText(/Vous avez délégué la décision sur .* à lea@client\.example/).waitFor()
      await assertAccessible(phone, 'what became of it')
      await phone.goto(await mailed('lea@client.example'))
      await phone.getByRole('button', { name: 'Approuver' }).click()
      await phone.getByText(/Merci\./).waitFor()
    },
  )

  step(
    'which the agent sees at once, and reads in the history',
    () => page,
    async () => {
      const card = page.getByRole('article', { name: 'A laptop for Anna' })
      await card.getByText('Approved', { exact: true }).waitFor()
      await card.getByText('D’accord.').waitFor()
      await page.getByRole('tab', { name: 'History' }).click()
      await page
        .getByText(
          /boss@client\.example approved “A laptop for Anna” \(by personal link, from 127\.0\.0\.1\): “D’accord\.”/,
        )
        .waitFor()
    },
  )

  step(
    'an approver who signs in finds what waits',
    () => phone,
    async () => {
      await admin.post(`/tickets/${ticket}/approvals`, {
        subject: 'Access to the archive',
        stages: [
          { rule: { kind: 'any' }, approvers: [{ email: 'ida@desk.test' }] },
          { rule: { kind: 'any' }, approvers: [{ email: 'boss@client.example' }] },
        ],
        blocks: { resolution: true, taskIds: [] },
      })
      await phone.goto(`${guichet.url}/approvals`)
      await phone.locator('input[type=email]').fill('ida@desk.test')
      await phone.locator('input[type=password]').fill('correct horse battery')
      await phone.locator('button[type=submit]').click()
      const card = phone.getByRole('article', { name: 'Access to the archive' })
      await card.waitFor()
      await assertAccessible(phone, 'what waits for me')
      await assertFits(phone, 'what waits for me')
      await picture(phone, 'waiting')
      await card.getByRole('button', { name: 'Déléguer' }).click()
      await phone.getByRole('dialog').waitFor()
      await assertAccessible(phone, 'handing on')
      await phone.keyboard.press('Escape')
      await card.getByRole('button', { name: 'Approuver' }).click()
      await phone.getByText('Rien ne vous attend', { exact: false }).waitFor()
      await phone.getByRole('link', { name: 'Décidé par moi' }).click()
      await card.waitFor()
      await assertAccessible(phone, 'what I have decided')
    },
  )

  step(
    'the ticket is not solved while an approval waits',
    () => page,
    async () => {
      await page.goto(`${guichet.url}/tickets/${ticket}?tab=approvals`)
      await page
        .getByRole('article', { name: 'Access to the archive' })
        .getByText('The ticket cannot be solved before this is decided.')
        .waitFor()
      const { status, body } = await admin.request<{ code: string }>(
        'PATCH',
        `/tickets/${ticket}`,
        { status: 'solved' },
      )
      assert.deepEqual([status, body.code], [409, 'approval-waiting'])
      await page
        .getByRole('article', { name: 'Access to the archive' })
        .getByRole('button', { name: 'Withdraw' })
        .click()
      await assertAccessible(page, 'withdrawing')
      await page.getByRole('dialog').getByRole('button', { name: 'Withdraw' }).click()
      await page.getByText('Withdrawn', { exact: true }).waitFor()
    },
  )

  step(
    'an admin says which tickets need an approval, and a ticket that gets the category has it',
    () => page,
    async () => {
      const { id: categoryId } = await admin.post<{ id: string }>('/categories', {
        name: 'Confidential data',
      })
      await page.goto(`${guichet.url}/settings/approvals`)
      await page.getByRole('button', { name: 'New rule for tickets' }).click()
      await page.getByLabel('Name', { exact: true }).fill('Access to data')
      await page.getByLabel('Category').selectOption({ label: 'Confidential data' })
      await page.getByPlaceholder('or an e-mail address').first().fill('ida@desk.test')
      await page.keyboard.press('Enter')
      await page.getByLabel('Hours to decide').fill('48')
      await assertAccessible(page, 'a rule for tickets')
      await picture(page, 'ticket-rule')
      await page.getByRole('button', { name: 'Save' }).click()
      await page.getByRole('button', { name: /Access to data/ }).waitFor()
      await assertAccessible(page, 'rules')
      await picture(page, 'approval-rules')
      await admin.patch(`/tickets/${ticket}`, { categoryId })
      await page.goto(`${guichet.url}/tickets/${ticket}?tab=approvals`)
      const card = page.getByRole('article', { name: /Access to data/ })
      await card.getByText('Asked by the rule “Access to data”').waitFor()
      await picture(page, 'asked-by-rule')
      await card.getByRole('button', { name: 'Withdraw' }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Withdraw' }).click()
      await card.getByText('Withdrawn', { exact: true }).waitFor()
    },
  )

  step(
    'an admin says by whom purchases are approved',
    () => page,
    async () => {
      await page.goto(`${guichet.url}/settings/approvals`)
      await page.getByRole('heading', { name: 'Purchases' }).waitFor()
      await page.getByRole('button', { name: 'New rule', exact: true }).click()
      await page.getByLabel('From a total of').fill('1000')
      await page.getByPlaceholder('or an e-mail address').fill('ida@desk.test')
      await page.keyboard.press('Enter')
      await assertAccessible(page, 'a rule')
      await page.getByRole('button', { name: 'Save' }).click()
      await page.getByText('From €1,000.00').waitFor()
      await assertAccessible(page, 'rules')
      await admin.post('/approval-rules', {
        currency: 'USD',
        fromAmount: '50',
        stages: [{ rule: { kind: 'any' }, approvers: [{ email: 'ida@desk.test' }] }],
      })
    },
  )

  step(
    'a purchase goes from draft to receipt',
    () => page,
    async () => {
      await page.goto(`${guichet.url}/tickets/${ticket}?tab=approvals`)
      await page.getByRole('button', { name: 'Purchase request' }).click()
      await page.getByLabel('What for').fill('Laptops')
      await page.getByLabel('Item').fill('Laptop')
      await page.getByLabel('Quantity').fill('3')
      await page.getByLabel('Unit price').fill('1200,10')
      await page.getByRole('button', { name: 'Add a line' }).click()
      await page.getByLabel('Item').nth(1).fill('Dock')
      await page.getByLabel('Unit price').nth(1).fill('99')
      await page.getByLabel('Currency').nth(1).selectOption('USD')
      await page.getByRole('dialog').getByText('€3,600.30 + US$99.00').waitFor()
      await assertAccessible(page, 'a purchase being written')
      await picture(page, 'purchase-dialog')
      await page.getByRole('button', { name: 'Save' }).click()
      const card = page.getByRole('article', { name: 'Laptops' }).first()
      await card.getByRole('button', { name: 'Submit' }).click()
      await card.getByText('Waiting for approval').waitFor()
      await assertAccessible(page, 'a requested purchase')
      await assertFits(page, 'a requested purchase')
      await picture(page, 'purchase')
      await phone.goto(`${guichet.url}/approvals`)
      await phone
        .getByRole('article', { name: 'Laptops' })
        .getByRole('button', { name: 'Approuver' })
        .click()
      await card.getByRole('button', { name: 'Ordered' }).click()
      await assertAccessible(page, 'ordering')
      await page.getByRole('dialog').getByLabel('Order number').fill('PO-7')
      await page.getByRole('dialog').getByRole('button', { name: 'Ordered' }).click()
      await card.getByRole('button', { name: 'Received' }).click()
      await page.getByRole('dialog').getByLabel('Laptop', { exact: true }).fill('2')
      await page.getByRole('button', { name: 'Add an asset' }).click()
      await page.getByLabel('Name', { exact: true }).fill('Laptop of Anna')
      await assertAccessible(page, 'what has arrived')
      await page.getByRole('dialog').getByRole('button', { name: 'Received' }).click()
      await card.getByText('Partly received').waitFor()
    },
  )

  step(
    'all purchases are on one page, by state and words, with their totals',
    () => page,
    async () => {
      await page.goto(`${guichet.url}/purchases`)
      await page.getByRole('link', { name: `Laptops, #${ticket}` }).waitFor()
      await page.getByText('€3,600.30 + US$99.00').waitFor()
      await assertAccessible(page, 'purchases')
      await assertFits(page, 'purchases')
      await picture(page, 'purchases')
      await page.getByRole('searchbox', { name: 'Search purchases' }).fill('chair')
      await page.getByText('Nothing found').waitFor()
      await page.getByRole('searchbox', { name: 'Search purchases' }).fill('dock')
      await page.getByRole('link', { name: `Laptops, #${ticket}` }).click()
      await page
        .getByRole('article', { name: 'Laptops' })
        .first()
        .getByText('Partly received')
        .waitFor()
    },
  )

  step(
    'what is ordered and does not come is cancelled',
    () => page,
    async () => {
      const card = page.getByRole('article', { name: 'Laptops' }).first()
      await card.getByRole('button', { name: 'Cancel purchase' }).click()
      await page.getByRole('dialog').getByLabel('Reason').fill('The rest is sold out.')
      await assertAccessible(page, 'cancelling')
      await page.getByRole('dialog').getByRole('button', { name: 'Cancel purchase' }).click()
      await card.getByText('Cancelled', { exact: true }).waitFor()
    },
  )
})
