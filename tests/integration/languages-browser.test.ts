import assert from 'node:assert/strict'
import { after, before, describe } from 'node:test'
import type { BrowserContext, Page } from 'playwright-core'
import type { Mailbox } from '../../domain/mail-in/contract.ts'
import type { Message } from '../../domain/conversation/contract.ts'
import type { ApiClient } from '../harness/api-client.ts'
import { openBrowser } from '../harness/chromium.ts'
import { eventually } from '../harness/eventually.ts'
import { Guichet } from '../harness/guichet.ts'
import { withoutChromium } from '../harness/needs.ts'
import { SmtpPeer } from '../harness/smtp-peer.ts'
import { assertFits, picture, step } from './support/browsing.ts'

const PASSWORD = 'correct horse battery'
/** What a mail server says stays as it came, in whatever language it said it. */
const REPLY = '550 5.1.1 no such user here'

const words = {
  de: {
    locale: 'de-DE',
    mailbox: /Unter 127\.0\.0\.1:1 antwortet nichts\. Prüfen Sie Host und Port/,
    local: 'Diese Nachricht blieb im lokalen Postausgang: Es ist kein Relay eingerichtet.',
    refused: `Alle Empfänger wurden abgelehnt: gone@client.example (${REPLY}).`,
  },
  fr: {
    locale: 'fr-FR',
    mailbox: /Rien ne répond à 127\.0\.0\.1:1\. Vérifiez l’hôte et le port/,
    local: 'Ce message est resté dans la boîte d’envoi locale\u00a0: aucun relais n’est configuré.',
    refused: `Tous les destinataires ont été refusés\u00a0: gone@client.example (${REPLY}).`,
  },
} as const

/** What the server says of mail, as somebody reads it who works in German or in French. */
describe('the server’s own sentences in the browser', { skip: withoutChromium }, () => {
  let guichet: Guichet
  let peer: SmtpPeer
  let admin: ApiClient
  const closing: BrowserContext[] = []
  const pages: Record<string, Page> = {}
  const tickets = { refused: 0, local: 0 }

  const written = async (departmentId: string, to: string): Promise<number> => {
    const { number } = await admin.post<{ number: number }>('/tickets', {
      departmentId,
      requester: { email: to },
      subject: `For ${to}`,
      text: 'It does not work.',
    })
    await admin.post(`/tickets/${number}/messages`, { text: 'It works again.', holdSeconds: 0 })
    return number
  }
  const stateOf = async (number: number): Promise<string | undefined> =>
    (await admin.get<{ items: Message[] }>(`/tickets/${number}/messages`)).items.find(
      ({ direction }) => direction === 'outbound',
    )?.state

  before(async () => {
    peer = await SmtpPeer.start()
    guichet = await Guichet.start()
    admin = await guichet.admin()
    const [writing, silent] = [
      await admin.post<{ id: string }>('/departments', { name: 'IT', acknowledge: false }),
      await admin.post<{ id: string }>('/departments', { name: 'Sales', acknowledge: false }),
    ]
    await admin.put(`/departments/${writing.id}/sender`, {
      from: 'IT Support <it@desk.test>',
      smtp: { host: peer.host, port: peer.port, secure: false },
    })
    const { id } = await admin.post<Mailbox>('/mailboxes', {
      address: 'it@desk.test',
      departmentId: writing.id,
      imap: { host: '127.0.0.1', port: 1, secure: false, user: 'it', password: 'secret-imap' },
    })
    peer.fail({ kind: 'reject', at: 'to', code: 550, text: REPLY.slice(4) })
    tickets.refused = await written(writing.id, 'gone@client.example')
    tickets.local = await written(silent.id, 'anna@client.example')
    await eventually(
      'the recipient is refused',
      async () => (await stateOf(tickets.refused)) === 'failed',
    )
    await eventually(
      'the message stays here',
      async () => (await stateOf(tickets.local)) === 'sent',
    )
    await eventually('the mailbox fails', async () => {
      const found = await admin.get<Mailbox[] | { items: Mailbox[] }>('/mailboxes')
      return (Array.isArray(found) ? found : found.items).some(
        (one) => one.id === id && one.lastError !== null,
      )
    })
    for (const [language, { locale }] of Object.entries(words)) {
      const email = `${language}@desk.test`
      await admin.post('/users', { email, name: language, role: 'admin', password: PASSWORD })
      const browser = await openBrowser({ viewport: { width: 1440, height: 900 }, locale })
      closing.push(browser)
      const page = await browser.newPage()
      page.setDefaultTimeout(180_000)
      pages[language] = page
      await page.goto(`${guichet.url}/sign-in`)
      await page.locator('input[type=email]').fill(email)
      await page.locator('input[type=password]').fill(PASSWORD)
      await page.locator('button[type=submit]').click()
      await page.waitForURL(/\/(tickets|welcome)/)
    }
  })
  after(async () => {
    await Promise.all(closing.map((one) => one.close()))
    await guichet?.stop()
    await peer?.stop()
  })

  for (const [language, said] of Object.entries(words)) {
    const page = (): Page => pages[language]!
    /** On a desk and on a phone. */
    const lookAt = async (name: string): Promise<void> => {
      for (const viewport of [
        { width: 390, height: 844 },
        { width: 1440, height: 900 },
      ]) {
        await page().setViewportSize(viewport)
        await assertFits(page(), `${name}, ${language}`)
        await picture(page(), `${name}-${language}-${viewport.width}`)
      }
    }

    step(`a failing mailbox (${language})`, page, async (page) => {
      await page.goto(`${guichet.url}/settings/email`)
      await page.getByText(said.mailbox).waitFor()
      await lookAt('mailbox')
    })

    step(`a refused recipient, with the server’s reply (${language})`, page, async (page) => {
      await page.goto(`${guichet.url}/tickets/${tickets.refused}`)
      await page.getByText(said.refused).first().waitFor()
      await lookAt('refused')
      await page.goto(`${guichet.url}/outbox`)
      await page.getByText(said.refused).first().waitFor()
      await lookAt('outbox')
    })

    step(`a message without a relay (${language})`, page, async (page) => {
      await page.goto(`${guichet.url}/tickets/${tickets.local}`)
      await page.getByText(said.local).waitFor()
      await page.goto(`${guichet.url}/tickets/${tickets.local}?tab=history`)
      await page.getByText(said.local).waitFor()
      await lookAt('local')
    })

    step(`what was shown at sign-in is kept as the language (${language})`, page, async () => {
      const people = await page().evaluate(async () => {
        const answer = await fetch('/api/v1/me')
        return (await answer.json()) as { preferences: { language?: string } }
      })
      assert.equal(people.preferences.language, language)
    })
  }
})
