import assert from 'node:assert/strict'
import { after, before, describe } from 'node:test'
import type { BrowserContext, Page } from 'playwright-core'
import type { TaskPage, TicketTasks } from '../../domain/tasks/contract.ts'
import labels from '../../languages/generated/en/web.ts'
import type { ApiClient } from '../harness/api-client.ts'
import { openBrowser } from '../harness/chromium.ts'
import { eventually } from '../harness/eventually.ts'
import { Guichet } from '../harness/guichet.ts'
import { withoutChromium } from '../harness/needs.ts'
import { assertAccessible, picture, step } from './support/browsing.ts'

/** Tasks and time as a person works with them, in Chromium. */
describe('tasks in the web app', { skip: withoutChromium }, () => {
  let guichet: Guichet
  let admin: ApiClient
  let browser: BrowserContext
  let page: Page
  let departmentId = ''
  let ticket = 0
  const at = (): Page => page
  const tasks = (): Promise<TicketTasks> => admin.get<TicketTasks>(`/tickets/${ticket}/tasks`)
  const button = (name: string) => page.getByRole('button', { name, exact: true })
  const said = (text: string, values: Record<string, string | number>): string =>
    Object.entries(values).reduce(
      (sum, [name, value]) => sum.replaceAll(`{{${name}}}`, String(value)),
      text,
    )

  before(async () => {
    guichet = await Guichet.start()
    admin = await guichet.admin()
    departmentId = (
      await admin.post<{ id: string }>('/departments', { name: 'IT', acknowledge: false })
    ).id
    ticket = (
      await admin.post<{ number: number }>('/tickets', {
        departmentId,
        requester: { email: 'anna@client.example' },
        subject: 'New laptop',
      })
    ).number
    browser = await openBrowser()
    page = await browser.newPage()
    page.setDefaultTimeout(180_000)
    await page.goto(`${guichet.url}/tickets/${ticket}?tab=tasks`)
    await page.locator('input[type=email]').fill(guichet.adminEmail)
    await page.locator('input[type=password]').fill(guichet.adminPassword)
    await page.locator('button[type=submit]').click()
    await page.waitForURL(`**/tickets/${ticket}?tab=tasks`)
  })
  after(async () => {
    await browser?.close()
    await guichet?.stop()
  })

  step('adds tasks by typing and Enter, and puts them in order', at, async () => {
    const field = page.getByLabel(labels.tasks.add, { exact: true }).first()
    for (const title of ['Hand it over', 'Order it']) {
      await field.fill(title)
      await field.press('Enter')
      await page
        .getByRole('list', { name: labels.tasks.title })
        .getByText(title, { exact: true })
        .waitFor()
    }
    await button(said(labels.tasks.more, { title: 'Order it' })).click()
    await page.getByRole('menuitem', { name: labels.tasks.up }).click()
    await eventually('moved', async () => (await tasks()).items[0]?.title === 'Order it')
  })

  step('edits a task: required, after another, with a checklist', at, async () => {
    await button('Hand it over').click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('switch', { name: labels.tasks.required }).click()
    await dialog.getByRole('checkbox', { name: 'Order it' }).click()
    await dialog.getByRole('button', { name: labels.tasks.addLine }).click()
    await dialog
      .getByLabel(said(labels.tasks.checklistLine, { position: 1 }), { exact: true })
      .fill('Charger')
    await assertAccessible(page, 'a task')
    await dialog.getByRole('button', { name: labels.action.save }).click()
    await page.getByText(said(labels.tasks.waitsFor, { titles: 'Order it' })).waitFor()
    await page.getByRole('checkbox', { name: 'Charger' }).click()
    await eventually('ticked', async () => (await tasks()).items[1]?.checklist[0]?.done)
  })

  step('runs the clock on a task, and writes time down', at, async () => {
    await button(said(labels.tasks.startClock, { name: 'Order it' })).click()
    await page
      .getByRole('button', {
        name: new RegExp(`^${said(labels.tasks.stopClock, { name: 'Order it' })}`),
      })
      .click()
    await eventually('recorded', async () => (await tasks()).minutes === 1)
    await button(labels.tasks.describe).click()
    const described = page.getByRole('dialog')
    await described.getByLabel(labels.tasks.note).fill('Called the supplier')
    await described.getByRole('switch', { name: labels.tasks.billable }).click()
    await described.getByRole('button', { name: labels.tasks.correct, exact: true }).click()
    await described
      .getByRole('list', { name: labels.tasks.time })
      .getByText('Called the supplier')
      .waitFor()
    assert.equal((await tasks()).billableMinutes, 1)
    await picture(page, 'time')
    await page.keyboard.press('Escape')
    await described.waitFor({ state: 'hidden' })
    await button(labels.tasks.time).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel(labels.tasks.amount, { exact: true }).fill('soon')
    await dialog.getByRole('button', { name: labels.tasks.record, exact: true }).click()
    await dialog.getByText(labels.tasks.amountUnreadable).waitFor()
    await dialog.getByLabel(labels.tasks.amount, { exact: true }).fill('1:30')
    await dialog.getByRole('button', { name: labels.tasks.record, exact: true }).click()
    await eventually('written down', async () => (await tasks()).minutes === 91)
    await assertAccessible(page, 'time')
    await page.keyboard.press('Escape')
  })

  step('finishes a task on the page of all tickets', at, async () => {
    await page.goto(`${guichet.url}/tasks?view=all`)
    await page
      .getByRole('checkbox', { name: said(labels.tasks.finishNamed, { title: 'Order it' }) })
      .click()
    await eventually(
      'finished',
      async () => (await admin.get<TaskPage>('/tasks?view=all')).items.length === 1,
    )
    await page.getByRole('link', { name: `Hand it over #${ticket}` }).click()
    await page.waitForURL(`**/tickets/${ticket}?*tab=tasks*`)
  })

  step('resolves a ticket with an open required task only for a reason', at, async () => {
    await page
      .getByRole('list', { name: labels.tasks.title })
      .getByText('Hand it over', { exact: true })
      .waitFor()
    await page.locator('body').press('e')
    const dialog = page.getByRole('dialog')
    await dialog.getByText('Hand it over').waitFor()
    await assertAccessible(page, 'resolving anyway')
    await dialog.getByLabel(labels.tasks.overrideReason).fill('She left the company')
    await dialog.getByRole('button', { name: labels.tasks.resolveAnyway }).click()
    await eventually(
      'solved',
      async () => (await admin.get<{ status: string }>(`/tickets/${ticket}`)).status === 'solved',
    )
    await page.goto(`${guichet.url}/tickets/${ticket}?tab=history`)
    await page.getByText('She left the company').waitFor()
  })

  step(
    'answers and solves a ticket with an open required task: asked for a reason, nothing written is lost',
    at,
    async () => {
      const { number } = await admin.post<{ number: number }>('/tickets', {
        departmentId,
        requester: { email: 'anna@client.example' },
        subject: 'Another laptop',
      })
      await admin.post(`/tickets/${number}/tasks`, { title: 'Hand it over', required: true })
      const status = async (): Promise<string> =>
        (await admin.get<{ status: string }>(`/tickets/${number}`)).status
      await page.goto(`${guichet.url}/tickets/${number}`)
      await page.getByText('Another laptop').first().waitFor()
      await page.locator('body').press('r')
      const field = page.getByRole('textbox', { name: labels.composer.replyText })
      await field.fill('Your laptop is here.')
      await page.locator('input[type=file]').setInputFiles({
        name: 'manual.txt',
        mimeType: 'text/plain',
        buffer: Buffer.from('Press the button.'),
      })
      await page.getByRole('button', { name: /manual\.txt/ }).waitFor()
      const solve = async (): Promise<void> => {
        await button(labels.composer.sendings).click()
        await page.getByRole('menuitem', { name: labels.composer.sendSolve }).click()
      }
      await solve()
      const dialog = page.getByRole('dialog')
      await dialog.getByText('Hand it over').waitFor()
      await dialog.getByRole('button', { name: labels.action.cancel }).click()
      await dialog.waitFor({ state: 'hidden' })
      assert.equal(await field.inputValue(), 'Your laptop is here.')
      await page.getByRole('button', { name: /manual\.txt/ }).waitFor()
      assert.notEqual(await status(), 'solved')
      await solve()
      await dialog.getByLabel(labels.tasks.overrideReason).fill('He fetches it tomorrow')
      await dialog.getByRole('button', { name: labels.tasks.resolveAnyway }).click()
      await eventually('solved', async () => (await status()) === 'solved')
      const { items } = await admin.get<{
        items: { direction: string; text: string; attachments: { filename: string }[] }[]
      }>(`/tickets/${number}/messages`)
      const sent = items.filter((one) => one.text.includes('Your laptop is here.'))
      assert.deepEqual(
        sent.map((one) => one.attachments.map(({ filename }) => filename)),
        [['manual.txt']],
      )
      assert.equal(await field.count(), 0, 'the composer is folded')
    },
  )

  step('sets up a template', at, async () => {
    await page.goto(`${guichet.url}/settings/tasks`)
    await button(labels.tasks.templates.new).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel(labels.tasks.templates.name, { exact: true }).fill('Onboarding')
    await dialog
      .getByLabel(said(labels.tasks.templates.lineTitle, { position: 1 }))
      .fill('Order a laptop')
    await dialog.getByRole('button', { name: labels.tasks.templates.addLine }).click()
    await dialog
      .getByLabel(said(labels.tasks.templates.lineTitle, { position: 2 }))
      .fill('Hand it over')
    await dialog.getByRole('button', { name: labels.tasks.after }).click()
    await page.getByRole('option', { name: 'Order a laptop' }).click()
    await page.keyboard.press('Escape')
    await dialog
      .getByRole('button', { name: said(labels.tasks.templates.assigneeOf, { position: 1 }) })
      .click()
    await page.getByRole('option', { name: guichet.adminEmail }).click()
    await dialog
      .getByRole('button', { name: said(labels.tasks.templates.assigneeOf, { position: 2 }) })
      .click()
    await page.getByRole('option', { name: `IT ${labels.tasks.team}` }).click()
    await assertAccessible(page, 'a template')
    await dialog.getByRole('button', { name: labels.action.save }).click()
    await page.getByText('Onboarding').waitFor()
    const { items } = await admin.get<{
      items: { lines: { after: number[]; assigneeId: string | null; teamId: string | null }[] }[]
    }>('/task-templates')
    const { id: adminId } = await admin.get<{ id: string }>('/me')
    assert.deepEqual(
      items[0]?.lines.map(({ after: earlier, assigneeId, teamId }) => ({
        earlier,
        assigneeId,
        teamId,
      })),
      [
        { earlier: [], assigneeId: adminId, teamId: null },
        { earlier: [0], assigneeId: null, teamId: departmentId },
      ],
    )
  })

  step('exports time as a file', at, async () => {
    await page.goto(`${guichet.url}/time`)
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: labels.tasks.export }).click(),
    ])
    assert.equal(file.suggestedFilename(), 'time.csv')
  })
})
