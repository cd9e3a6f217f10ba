import assert from 'node:assert/strict'
import path from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { BrowserContext, Page } from 'playwright-core'
import { openBrowser } from '../../harness/chromium.ts'
import { withoutChromium } from '../../harness/needs.ts'
import { ApiDesk, PASSWORD } from '../support/api-desk.ts'

for (const colorScheme of ['light', 'dark'] as const)
  describe(`the page of the API, ${colorScheme}`, { skip: withoutChromium }, () => {
    let desk: ApiDesk
    let browser: BrowserContext
    let page: Page
    const complaints: string[] = []
    const elsewhere: string[] = []
    const requested: string[] = []

    before(async () => {
      desk = await ApiDesk.open()
      browser = await openBrowser({ colorScheme })
      page = await browser.newPage()
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text())
      })
      page.on('pageerror', (error) => complaints.push(error.message))
      page.on('request', (request) => {
        requested.push(request.url())
        if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(`${desk.url}/`))
          elsewhere.push(request.url())
      })
      await page.goto(`${desk.url}/api/docs`)
      await page.waitForSelector('.opblock-tag')
    })
    after(async () => {
      await browser?.close()
      await desk?.close()
    })

    const shot = async (name: string): Promise<void> => {
      const folder = process.env['TEST_SHOTS']
      if (folder) await page.screenshot({ path: path.join(folder, `${name}-${colorScheme}.png`) })
    }

    /** Sends the operation from the page. @returns the status that the page shows. */
    const tried = async (tag: string, operationId: string): Promise<string> => {
      const operation = page.locator(`#operations-${tag}-${operationId}`)
      if ((await operation.count()) === 0) await page.click(`#operations-tag-${tag} > button`)
      if (!(await operation.locator('.opblock-body').isVisible()))
        await operation.locator('.opblock-summary-control').click()
      const start = operation.locator('.try-out__btn')
      if (!/cancel/i.test((await start.textContent()) ?? '')) await start.click()
      const answered = page.waitForResponse((response) => response.url().endsWith('/api/v1/me'))
      await operation.locator('.btn.execute').click()
      await answered
      await shot('tried')
      return operation.locator('.live-responses-table .response .response-col_status').innerText()
    }

    it('lists the operations by area, from here alone and without a complaint', async () => {
      await shot('list')
      const tags = await page
        .locator('.opblock-tag')
        .evaluateAll((all) => all.map((one) => one.getAttribute('data-tag')))
      assert.deepEqual(tags.slice(0, 3), ['Tickets', 'Conversation', 'Mail in'])
      assert.deepEqual([complaints, elsewhere], [[], []])
      assert.equal(await page.locator('html.dark-mode').count(), colorScheme === 'dark' ? 1 : 0)
    })

    it('reads the description where programs read it, and nowhere else', async () => {
      const link = page.locator('.info a.link').first()
      assert.equal(await link.getAttribute('href'), '/api/v1/openapi.json')
      const read = requested.filter((url) => /json|yaml/.test(url))
      assert.deepEqual(read, [`${desk.url}/api/v1/openapi.json`])
      for (const name of ['json', 'yaml']) {
        const answer = await fetch(`${desk.url}/api/docs/${name}`, { redirect: 'manual' })
        assert.deepEqual(
          [answer.status, answer.headers.get('location')],
          [308, '/api/v1/openapi.json'],
        )
      }
    })

    it('tries an operation as who has signed in, or with a token', async () => {
      assert.match(await tried('People', 'getMe'), /^401/)
      const { name, value } = await sessionCookie()
      await browser.addCookies([{ name, value, url: desk.url }])
      assert.match(await tried('People', 'getMe'), /^200/)
      await browser.clearCookies()
      const { token } = await desk.admin.client.post<{ token: string }>('/tokens', { name: 'docs' })
      await page.click('.btn.authorize')
      const bearer = page.locator('.auth-container').filter({ hasText: 'bearer' })
      await bearer.locator('input').fill(token)
      await bearer.locator('.btn.authorize').click()
      await page.click('.btn-done')
      assert.match(await tried('People', 'getMe'), /^200/)
    })

    async function sessionCookie(): Promise<{ name: string; value: string }> {
      const response = await fetch(`${desk.url}/api/v1/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email: desk.admin.email, password: PASSWORD }),
      })
      const [, name = '', value = ''] =
        /^(\w+)=([^;]+)/.exec(response.headers.get('set-cookie') ?? '') ?? []
      return { name, value }
    }
  })
