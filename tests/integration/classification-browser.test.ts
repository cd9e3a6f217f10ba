import assert from 'node:assert/strict'
import { after, before, describe } from 'node:test'
import type { BrowserContext, Page } from 'playwright-core'
import type { ResolutionEntry } from '../../domain/classification/contract.ts'
import type { TicketDetail } from '../../domain/tickets/contract.ts'
import labels from '../../languages/generated/en/web.ts'
import french from '../../languages/generated/fr/web.ts'
import type { ApiClient } from '../harness/api-client.ts'
import { openBrowser } from '../harness/chromium.ts'
import { eventually } from '../harness/eventually.ts'
import { Guichet } from '../harness/guichet.ts'
import { withoutChromium } from '../harness/needs.ts'
import { assertAccessible, assertFits, picture, step } from './support/browsing.ts'

/** Names that admins give, and fields that they require, as agents meet them in Chromium. */
describe(
  'statuses, resolutions and required fields in the web app',
  { skip: withoutChromium },
  () => {
    let guichet: Guichet
    let admin: ApiClient
    let browser: BrowserContext
    let page: Page
    let ticket = 0
    const at = (): Page => page
    const said = (text: string, values: Record<string, string>): string =>
      Object.entries(values).reduce(
        (sum, [name, value]) => sum.replaceAll(`{{${name}}}`, value),
        text,
      )
    const detail = (): Promise<TicketDetail> => admin.get<TicketDetail>(`/tickets/${ticket}`)

    before(async () => {
      guichet = await Guichet.start()
      admin = await guichet.admin()
      const { id: departmentId } = await admin.post<{ id: string }>('/departments', {
        name: 'IT',
        acknowledge: false,
      })
      const { id: network } = await admin.post<{ id: string }>('/categories', { name: 'Network' })
      const { id: vpn } = await admin.post<{ id: string }>('/categories', {
        name: 'VPN',
        parentId: network,
      })
      await admin.post('/service-levels', { name: 'Everybody', resolution: 2400 })
      await admin.post('/service-levels', {
        name: 'Network outage',
        categoryId: network,
        priority: 'urgent',
        firstResponse: 30,
        resolution: 240,
      })
      await admin.post('/custom-fields', {
        name: 'Gateway',
        kind: 'text',
        required: true,
        categoryId: network,
      })
      await admin.post('/custom-fields', {
        name: 'Cause',
        kind: 'choice',
        choices: ['Cable', 'Configuration'],
        required: true,
        categoryId: network,
      })
      ticket = (
        await admin.post<{ number: number }>('/tickets', {
          departmentId,
          requester: { email: 'anna@client.example' },
          subject: 'No VPN since this morning',
          priority: 'urgent',
        })
      ).number
      await admin.patch(`/tickets/${ticket}`, { categoryId: vpn, status: 'open' })
      browser = await openBrowser({ viewport: { width: 1440, height: 900 } })
      page = await browser.newPage()
      page.setDefaultTimeout(180_000)
      await page.goto(`${guichet.url}/settings/classification`)
      await page.locator('input[type=email]').fill(guichet.adminEmail)
      await page.locator('input[type=password]').fill(guichet.adminPassword)
      await page.locator('button[type=submit]').click()
      await page.waitForURL('**/settings/classification')
    })
    after(async () => {
      await browser?.close()
      await guichet?.stop()
    })

    step('a status gets a name in each language; two of the same are refused', at, async () => {
      const field = (status: string, language: string) =>
        page.getByLabel(said(labels.classification.nameOf, { status, language }), { exact: true })
      await field('Open', 'English').fill('In progress')
      await field('Open', 'Français').fill('En cours')
      await field('Solved', 'English').fill('in progress')
      const save = page.getByRole('button', { name: labels.action.save, exact: true })
      await save.click()
      await page.getByText(labels.problem['status-name-twice']).waitFor()
      await assertAccessible(page, 'a refused name')
      await field('Solved', 'English').fill('Fixed')
      await save.click()
      await page.getByText(labels.action.saved).waitFor()
      await picture(page, 'settings')
      await assertAccessible(page, 'names and resolutions')
    })

    step(
      'a resolution of one’s own is added, another is renamed, one is switched off',
      at,
      async () => {
        await page.getByRole('button', { name: labels.classification.newResolution }).click()
        const dialog = page.getByRole('dialog')
        await dialog
          .getByLabel(said(labels.classification.nameIn, { language: 'English' }))
          .fill('Provider’s fault')
        await dialog.getByRole('button', { name: labels.action.save }).click()
        await page
          .getByRole('button', {
            name: said(labels.classification.editNamed, { name: labels.resolution.workaround }),
          })
          .click()
        await dialog.getByRole('switch', { name: labels.classification.active }).click()
        await picture(page, 'resolution')
        await assertAccessible(page, 'a resolution')
        await dialog.getByRole('button', { name: labels.action.save }).click()
        await page.getByText(labels.classification.off, { exact: true }).waitFor()
        await page
          .getByRole('button', {
            name: said(labels.classification.up, { name: 'Provider’s fault' }),
          })
          .click()
        await eventually(
          'moved',
          async () =>
            (await admin.get<{ items: ResolutionEntry[] }>('/resolutions')).items.at(-2)?.key ===
            'provider-s-fault',
        )
      },
    )

    step('the names stand in the list, its filters and the reports', at, async () => {
      await page.goto(`${guichet.url}/tickets?view=all&status=open`)
      await page
        .getByRole('link', { name: /No VPN.*In progress/ })
        .first()
        .waitFor()
      await page
        .getByRole('button', { name: /In progress/ })
        .first()
        .click()
      await page.getByRole('option', { name: 'Fixed' }).waitFor()
      await page.keyboard.press('Escape')
      await picture(page, 'list')
      await page.goto(`${guichet.url}/reports`)
      await page.getByText('Fixed').first().waitFor()
    })

    step(
      'a ticket without its required fields is not solved: they are named, marked and can be filled in',
      at,
      async () => {
        await page.goto(`${guichet.url}/tickets/${ticket}?view=all`)
        await page
          .getByRole('complementary', { name: labels.properties.title })
          .getByText('Gateway *')
          .waitFor()
        await page.keyboard.press('e')
        await page
          .getByText(said(labels.sla.field.missing_other, { names: 'Cause and Gateway' }))
          .waitFor()
        assert.equal((await detail()).status, 'open')
        assert.equal(await page.getByText(labels.sla.field.missingHere).count(), 2)
        await picture(page, 'missing')
        await assertAccessible(page, 'missing fields')
        await page.getByLabel('Gateway', { exact: true }).fill('gw-7')
        await page.getByLabel('Gateway', { exact: true }).press('Enter')
        await page.getByRole('button', { name: 'Cause:' }).click()
        await page.getByRole('option', { name: 'Cable' }).click()
        await eventually(
          'nothing is missing',
          async () => (await page.getByText(labels.sla.field.missingHere).count()) === 0,
        )
      },
    )

    step('says why it goes by its service level', at, async () => {
      await page.getByText(labels.sla.target.resolution, { exact: true }).click()
      await page
        .getByText(
          /By the service level “Network outage”, which is for the category Network and the priority Urgent/,
        )
        .last()
        .waitFor()
      await picture(page, 'level')
    })

    step(
      'is solved with a resolution of one’s own, which the history calls by its name',
      at,
      async () => {
        await page.getByRole('button', { name: `${labels.field.resolution}:` }).click()
        const offered = page.getByRole('option')
        await offered.filter({ hasText: 'Provider’s fault' }).waitFor()
        assert.equal(
          await offered.filter({ hasText: labels.resolution.workaround }).count(),
          0,
          'what is switched off is not offered',
        )
        await offered.filter({ hasText: 'Provider’s fault' }).click()
        await eventually('set', async () => (await detail()).resolution === 'provider-s-fault')
        await page.keyboard.press('e')
        await eventually('solved', async () => (await detail()).status === 'solved')
        await page.goto(`${guichet.url}/tickets/${ticket}?view=all&tab=history`)
        await page.getByText('set the resolution to Provider’s fault').waitFor()
        await page.getByText('from In progress to Fixed').waitFor()
        await picture(page, 'history')
      },
    )

    step('on a phone, in French, the names are those of that language', at, async () => {
      await admin.patch('/me/preferences', { language: 'fr' })
      await page.setViewportSize({ width: 390, height: 844 })
      await admin.patch(`/tickets/${ticket}`, { status: 'open' })
      await page.goto(`${guichet.url}/tickets?view=all`)
      await page.getByText('En cours').first().waitFor()
      await page.goto(`${guichet.url}/settings/classification`)
      await page.getByText(french.classification.statuses).waitFor()
      await page.getByText('Provider’s fault').first().waitFor()
      await picture(page, 'phone')
      await assertAccessible(page, 'names on a phone')
      await assertFits(page, 'names on a phone')
    })
  },
)
