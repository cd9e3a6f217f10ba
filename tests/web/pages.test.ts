import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { BrowserContext, Page } from 'playwright-core'
import type { ApiClient } from '../harness/api-client.ts'
import { openBrowser } from '../harness/chromium.ts'
import { eventually } from '../harness/eventually.ts'
import { Guichet } from '../harness/guichet.ts'
import { withoutChromium } from '../harness/needs.ts'
import { assertAccessible, assertFits, step } from '../integration/support/browsing.ts'
import { Visitor } from '../integration/support/visitor.ts'
import { sources } from './sources.ts'
import { cutText } from './support/cut-text.ts'

interface Display {
  theme: 'light' | 'dark'
  locale: string
  width: number
  height: number
  /** Each page is loaded by its address; elsewhere the app goes from page to page by links. */
  loads?: true
}

const displays: Record<string, Display> = {
  'light, English, on a desk': { theme: 'light', locale: 'en-GB', width: 1440, height: 900 },
  'dark, French, on a small screen': { theme: 'dark', locale: 'fr-FR', width: 1024, height: 768 },
  'dark, German, on a phone': {
    theme: 'dark',
    locale: 'de-DE',
    width: 390,
    height: 844,
    loads: true,
  },
}

/** Every page and state that has an address of its own, with the keys that bring it about. */
const states = (
  ticket: number,
  department: string,
  asset = '',
  paper = '',
): [path: string, ...keys: string[]][] => [
  ['/tickets?view=open'],
  ['/tickets?view=all&status=open,new&priority=high'],
  ['/tickets?view=all&q=nothing+of+this+kind'],
  ['/tickets?view=watching'],
  ['/tickets?view=all&status=closed'],
  ['/tickets?view=open', 'j', 'x'],
  [`/tickets/${ticket}?view=open`],
  [`/tickets/${ticket}?view=open`, 'r'],
  [`/tickets/${ticket}?view=open`, 'n'],
  [`/tickets/${ticket}?view=open`, 's'],
  [`/tickets/${ticket}?tab=tasks`],
  [`/tickets/${ticket}?tab=history`],
  [`/tickets/${ticket}?tab=history&then=2`],
  [`/tickets/new?parent=${ticket}`],
  ['/reports'],
  ['/reports?period=year&by=owner'],
  [`/tickets/${ticket}?tab=approvals`],
  ['/tickets/999999'],
  ['/tickets/new'],
  ['/tickets?view=open', 'Control+k'],
  ['/tickets?view=open', '?'],
  ['/settings'],
  ['/settings/email'],
  ['/settings/email?mailbox=new'],
  [`/settings/email?department=${department}`],
  ['/settings/people'],
  ['/settings/people?person=new'],
  ['/settings/categories'],
  ['/settings/classification'],
  ['/settings/templates'],
  ['/settings/tasks'],
  ['/settings/approvals'],
  ['/settings/sla'],
  ['/settings/fields'],
  ['/tickets?view=snoozed'],
  ['/settings/tokens'],
  ['/settings/notifications'],
  ['/settings/profile'],
  ['/contacts'],
  ['/contacts/max@client.example'],
  ['/assets'],
  [`/assets/${asset}`],
  ['/documents'],
  [`/documents/${paper}`],
  ['/settings/locations'],
  ['/settings/assets'],
  ['/settings/health'],
  ['/confirm/spent'],
  ['/notifications'],
  ['/tasks?view=mine'],
  ['/tasks?view=team'],
  ['/time'],
  ['/outbox'],
  ['/quarantine'],
  ['/unwritten'],
  ['/approvals'],
  ['/approvals?view=asked'],
  ['/purchases'],
  ['/approve/not-a-link'],
  [`/welcome?step=mailbox&department=${department}`],
  [`/welcome?step=sender&department=${department}`],
  [`/welcome?step=done&department=${department}`],
  ['/nowhere'],
]

/** What the last key of a state brings about. */
const brings: Record<string, string> = {
  x: '[role=toolbar]',
  r: 'textarea',
  n: 'textarea',
  s: '[role=dialog], [role=listbox]',
  'Control+k': '[role=dialog]',
  '?': '[role=dialog]',
}

/** Looked at before anybody has signed in. */
const looked = new Set(['/sign-in', '/setup/:token'])

/**
 * Each page in both themes, all languages and three sizes: found accessible by axe, named, as wide
 * as its window, with all its text in sight, and without a request to anywhere else.
 */
describe('every page', { skip: withoutChromium }, () => {
  let guichet: Guichet
  let admin: ApiClient
  let ticket = 0
  let department = ''
  let asset = ''
  let paper = ''
  let windows: BrowserContext | undefined

  before(async () => {
    guichet = await Guichet.start()
    admin = await guichet.admin()
    department = (
      await admin.post<{ id: string }>('/departments', {
        name: 'Facilities and Building Services of the whole Northern Region',
        acknowledge: false,
      })
    ).id
    ticket = await work(admin, department)
    const bought = {
      supplier: 'Office Supplies of the Northern Region',
      price: '1249.00',
      currency: 'EUR',
    }
    asset = (
      await admin.post<{ id: string }>('/assets', {
        name: 'Portable computer with a docking station and two screens',
        type: 'Laptop',
        ...bought,
      })
    ).id
    paper = (
      await admin.post<{ id: string }>('/documents', {
        kind: 'invoice',
        title: 'Invoice of the Office Supplies of the Northern Region for the whole fourth floor',
      })
    ).id
  })
  after(async () => {
    await windows?.close()
    await guichet?.stop()
  })

  it('is among those that are looked at', () => {
    const paths = states(1, 'd', 'a', 'd').map(([path]) => path.split('?')[0] ?? '')
    const patterns = sources()
      .filter(({ file }) => file.endsWith('/area.ts'))
      .flatMap(({ text }) => [...text.matchAll(/'(\/[a-z][^']*)': /g)].map(([, one]) => one ?? ''))
    assert.ok(patterns.length > 20)
    const unseen = patterns.filter(
      (pattern) =>
        !looked.has(pattern) &&
        !paths.some((path) => new RegExp(`^${pattern.replace(/:\w+/g, '[^/]+')}$`).test(path)),
    )
    assert.deepEqual(unseen, [])
  })

  for (const [name, display] of Object.entries(displays)) {
    describe(name, () => {
      let page: Page
      let visitor: Visitor
      const strangers: string[] = []
      const complaints: string[] = []
      let browser: BrowserContext | undefined
      // Left open, its pages would go on following what the others do.
      after(() => browser?.close())

      before(async () => {
        // The account keeps the language in which it first signed in.
        await admin.patch('/me/preferences', { language: display.locale.slice(0, 2) })
        browser = await openBrowser({
          viewport: { width: display.width, height: display.height },
          locale: display.locale,
          colorScheme: display.theme,
        })
        page = await browser.newPage()
        page.setDefaultTimeout(180_000)
        visitor = new Visitor(page, guichet.url)
        page.on('request', (request) => {
          if (!request.url().startsWith(guichet.url) && !/^(data|blob|about):/.test(request.url()))
            strangers.push(request.url())
        })
        page.on('pageerror', (error) => complaints.push(String(error)))
        page.on('console', (message) => {
          if (message.type() === 'error' && !/4(?:01|04|10)/.test(message.text()))
            complaints.push(message.text())
        })
      })

      step(
        'asks to sign in, and comes back to where one wanted to go',
        () => page,
        async () => {
          await page.goto(`${guichet.url}/setup/spent`)
          await visitor.settled()
          await assertAccessible(page, 'a spent link')
          await page.goto(`${guichet.url}/tickets/${ticket}?view=open`)
          await page.waitForURL(/sign-in/)
          await assertAccessible(page, 'signing in')
          await page.locator('input[type=email]').fill(guichet.adminEmail)
          await page.locator('input[type=password]').fill('not this one')
          await page.locator('button[type=submit]').click()
          await page.getByRole('alert').waitFor()
          await assertAccessible(page, 'a refused sign-in')
          await page.locator('input[type=password]').fill(guichet.adminPassword)
          await page.locator('button[type=submit]').click()
          await page.waitForURL(`**/tickets/${ticket}?view=open`)
        },
      )

      step(
        'is as it should be',
        () => page,
        async () => {
          const titles = new Map<string, string>()
          const cut: string[] = []
          let isTouched = true
          for (const [path, ...keys] of states(ticket, department, asset, paper)) {
            const where = [path, ...keys].join(' ')
            // What keys have brought about would stay beside the next page.
            await (display.loads || keys.length || isTouched
              ? visitor.open(path)
              : visitor.follow(path))
            isTouched = keys.length > 0
            await pressed(page, keys)
            await visitor.settled()
            await assertAccessible(page, where)
            await assertFits(page, where)
            for (const one of await cutText(page))
              cut.push(`${where}: ${one.kind} “${one.text}” in ${one.at}`)
            titles.set(where, await page.title())
          }
          assert.deepEqual(
            [...titles].filter(([, title]) => title === 'Guichet' || title === ''),
            [],
            'pages without a name',
          )
          assert.deepEqual([...new Set(cut)], [], 'text that nobody can read')
          assert.deepEqual(strangers, [], 'requests to other servers')
          assert.deepEqual(complaints, [], 'errors in the console')
          assert.equal(
            await page.evaluate(() => document.documentElement.dataset['theme']),
            display.theme,
          )
          assert.equal(
            await page.evaluate(() => document.documentElement.lang),
            display.locale.slice(0, 2),
          )
        },
      )

      step(
        'tells what went wrong, and covers nothing with it that one would press next',
        () => page,
        async () => {
          await page.goto(`${guichet.url}/tickets/${ticket}?view=open`)
          await visitor.settled()
          await page.keyboard.press('r')
          const text = page.locator('textarea')
          await text.fill('On its way.')
          await page.route('**/messages', (route) =>
            route.request().method() === 'POST' ? route.abort() : route.continue(),
          )
          await page.keyboard.press('Control+Enter')
          const notice = page.locator('[data-sonner-toast][data-mounted=true]').first()
          await notice.waitFor()
          await text.waitFor()
          const apart = async (): Promise<boolean> => {
            const [told, writing] = await Promise.all([
              notice.boundingBox(),
              page.locator('section', { has: text }).last().boundingBox(),
            ])
            return told !== null && writing !== null && told.y + told.height <= writing.y
          }
          await eventually('the notice stands above the composer', apart)
        },
      )
    })
  }

  it('is told of changes in eight windows of one browser', async () => {
    const browser = await openBrowser({ viewport: { width: 1200, height: 800 }, locale: 'en-GB' })
    windows = browser
    browser.setDefaultTimeout(180_000)
    const first = await browser.newPage()
    await first.goto(`${guichet.url}/sign-in`)
    await first.locator('input[type=email]').fill(guichet.adminEmail)
    await first.locator('input[type=password]').fill(guichet.adminPassword)
    await first.locator('button[type=submit]').click()
    await first.waitForURL(/tickets|welcome/)
    const others = await Promise.all(Array.from({ length: 7 }, () => browser.newPage()))
    const shown = (subject: string) => (window: Page) =>
      window.getByRole('heading', { name: subject }).first().waitFor()
    await admin.patch(`/tickets/${ticket}`, { subject: 'The same for eight' })
    // With a connection for each, the browser would have none left for the seventh.
    for (const window of [first, ...others]) {
      await window.goto(`${guichet.url}/tickets/${ticket}?view=all`)
      await shown('The same for eight')(window)
    }
    await admin.patch(`/tickets/${ticket}`, { subject: 'Told to eight' })
    await Promise.all([first, ...others].map(shown('Told to eight')))
    await first.close()
    await admin.patch(`/tickets/${ticket}`, { subject: 'Told to the rest' })
    await Promise.all(others.map(shown('Told to the rest')))
  })
})

/**
 * A desk with something on every page: people, a category, a template, a token, and a ticket with
 * an exchange.
 */
async function work(admin: ApiClient, departmentId: string): Promise<number> {
  await admin.post('/users', {
    email: 'ines@desk.test',
    name: 'Inès de la Fontaine-Beaumont',
    role: 'agent',
    departmentIds: [departmentId],
  })
  await admin.post('/categories', { name: 'Network' })
  await admin.post('/templates', {
    name: 'More information',
    body: 'Hello {{requester.name}},\nwhich device is it?',
  })
  const hours = [1, 2, 3, 4, 5].map((weekday) => ({ weekday, from: 540, to: 1020 }))
  const { id: calendarId } = await admin.post<{ id: string }>('/calendars', {
    name: 'Office',
    zone: 'Europe/Zurich',
    weekly: hours,
    holidays: ['2026-12-25'],
  })
  await admin.post('/service-levels', {
    name: 'Standard',
    firstResponse: 60,
    resolution: 480,
    calendarId,
  })
  await admin.put(`/departments/${departmentId}/waiting`, {
    reminders: [4320, 10_080],
    closeAfter: 14_400,
  })
  await admin.put('/priority-matrix', {
    matrix: {
      low: { low: 'low', medium: 'low', high: 'normal' },
      medium: { low: 'low', medium: 'normal', high: 'high' },
      high: { low: 'normal', medium: 'high', high: 'urgent' },
    },
  })
  await admin.post('/custom-fields', { name: 'Serial number', kind: 'text' })
  await admin.post('/custom-fields', {
    name: 'Floor',
    kind: 'choice',
    choices: ['Ground', 'First'],
  })
  await admin.post('/custom-fields', { name: 'Under warranty', kind: 'checkbox' })
  await admin.post('/tokens', { name: 'Monitoring' })
  await admin.post('/mailboxes', { address: 'facilities@desk.test', departmentId })
  const requesters = [
    { email: 'max@client.example', name: 'Maximilian-Alexander von und zu Hohenstein-Wittelsbach' },
    { email: 'ahmad@client.example', name: 'أحمد بن عبد الله' },
    {
      email: 'a-very-long-address-of-somebody-without-a-name@subdomain.department.client.example',
      name: '',
    },
  ]
  let number = 0
  for (const [index, requester] of requesters.entries()) {
    number = (
      await admin.post<{ number: number }>('/tickets', {
        departmentId,
        requester,
        subject: `${index}: the heating on the fourth floor has been cold since this morning and nobody knows why`,
        text: 'It is cold.\n\nSee https://client.example/heating\n',
        priority: index ? 'high' : 'normal',
      })
    ).number
  }
  const { id: me } = await admin.get<{ id: string }>('/me')
  await admin.post(`/tickets/${number}/notes`, { text: 'The engineer comes at two.' })
  await admin.patch(`/tickets/${number}`, { ownerId: me, priority: 'urgent', status: 'open' })
  await admin.post(`/tickets/${number}/messages`, {
    text: 'An engineer is on the way.',
    status: 'waiting',
  })
  await admin.put(`/tickets/${number}/tags`, { tags: ['heating', 'fourth floor'] })
  await admin.put(`/tickets/${number - 1}/snooze`, { until: null })
  const order = await admin.post<{ id: string }>(`/tickets/${number}/tasks`, {
    title: 'Order the pump',
    assigneeId: me,
    dueAt: '2024-01-01T08:00:00.000Z',
    required: true,
    checklist: ['Ask three suppliers', 'Order'],
  })
  await admin.post(`/tickets/${number}/tasks`, {
    title: 'Fit the pump',
    teamId: departmentId,
    after: [order.id],
  })
  await admin.post(`/tickets/${number}/tasks/${order.id}/time`, {
    minutes: 85,
    billable: true,
    note: 'On the phone',
  })
  await admin.post(`/tickets/${number}/clock`)
  await admin.post('/task-templates', {
    name: 'Heating',
    lines: [
      { title: 'Call the engineer', required: true, dueInHours: 4 },
      { title: 'Tell the house', after: [0], teamId: departmentId },
    ],
  })
  await admin.post('/approval-rules', {
    currency: 'EUR',
    fromAmount: '100',
    stages: [
      {
        rule: { kind: 'all' },
        approvers: [
          { email: 'ines@desk.test' },
          { email: 'somebody.with.a.long.address@purchasing.department.client.example' },
        ],
      },
    ],
  })
  await admin.post(`/tickets/${number}/approvals`, {
    subject: 'A heater for the fourth floor until the engineer has come',
    text: 'It is cold.',
    stages: [{ rule: { kind: 'any' }, approvers: [{ email: 'ines@desk.test' }] }],
    amount: { amount: '89.90', currency: 'EUR' },
  })
  const { id: purchase } = await admin.post<{ id: string }>(`/tickets/${number}/purchases`, {
    title: 'Valves',
    currency: 'EUR',
    lines: [
      {
        item: 'Thermostatic valve of the newest kind, with a name that is too long for a phone',
        quantity: '12',
        unitPrice: '49.95',
        supplier: 'Heating Supplies of the Northern Region',
        costCentre: '4711',
      },
    ],
  })
  await admin.post(`/tickets/${number}/purchases/${purchase}/submission`, { revision: 1 })
  await admin.post(`/tickets/${number}/links`, { number: number - 1, kind: 'relates' })
  return number
}

/** A page listens once it is whole: keys are pressed until the last has brought about what it is for. */
async function pressed(page: Page, keys: string[]): Promise<void> {
  const brought = brings[keys.at(-1) ?? '']
  if (brought === undefined) return
  await eventually(`what ${keys.join(' ')} brings about`, async () => {
    for (const key of keys) await page.keyboard.press(key)
    return page
      .locator(brought)
      .first()
      .waitFor({ timeout: 5_000 })
      .then(() => true)
  })
}
