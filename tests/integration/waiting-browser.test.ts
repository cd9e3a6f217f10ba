import assert from 'node:assert/strict'
import { after, before, describe } from 'node:test'
import { simpleParser, type ParsedMail } from 'mailparser'
import type { BrowserContext, Page } from 'playwright-core'
import type { TicketSla } from '../../domain/sla/contract.ts'
import labels from '../../languages/generated/en/web.ts'
import { openBrowser } from '../harness/chromium.ts'
import { eventually } from '../harness/eventually.ts'
import { withoutChromium, withoutDovecot } from '../harness/needs.ts'
import { assertAccessible, picture, step } from './support/browsing.ts'
import { Desk } from './support/desk.ts'
import { rawMail } from './support/mails.ts'

/**
 * Waiting for the requester as agent and requester see it, in Chromium, with a real mailbox and a
 * real mail server; in seconds in place of days.
 */
describe('waiting for the requester', { skip: withoutDovecot || withoutChromium }, () => {
  let desk: Desk
  let browser: BrowserContext
  let page: Page
  const at = (): Page => page
  const subjects = { answered: 'Which printer', stopped: 'Which cable', silent: 'Which screen' }
  const tickets: Record<string, number> = {}
  const LONG = { reminders: [3 * 1440], closeAfter: 10 * 1440 }
  /**
   * Minutes: reminded after 9 seconds, closed after 42. Between them the page must show what it
   * says of a reminder.
   */
  const SHORT = { reminders: [0.15], closeAfter: 0.7 }

  before(async () => {
    desk = await Desk.open()
    for (const subject of Object.values(subjects)) {
      desk.deliver(rawMail({ subject, text: 'It is broken.\n' }))
      tickets[subject] = (await desk.ticketAbout(subject)).number
    }
    browser = await openBrowser()
    page = await browser.newPage()
    page.setDefaultTimeout(180_000)
    await page.goto(desk.guichet.url)
    await page.locator('input[type=email]').fill(desk.guichet.adminEmail)
    await page.locator('input[type=password]').fill(desk.guichet.adminPassword)
    await page.locator('button[type=submit]').click()
    await page.getByRole('region', { name: labels.list.label }).waitFor()
  })
  after(async () => {
    await browser?.close()
    await desk?.close()
  })

  const numberOf = (subject: string): number => tickets[subject] ?? 0
  const chain = () =>
    page
      .locator('section')
      .filter({ has: page.getByRole('heading', { name: labels.sla.waiting.title }) })
      // The ticket's own region holds it too.
      .last()
  const steps = (): Promise<string[]> =>
    chain()
      .getByRole('listitem')
      .evaluateAll((items) => items.map((item) => item.querySelector('span')?.textContent ?? ''))
  const shows = (status: keyof typeof labels.status) =>
    page
      .getByRole('button', { name: `${labels.field.status}: ${labels.status[status]}` })
      .first()
      .waitFor()
  const waitingOf = async (subject: string): Promise<TicketSla['waiting']> =>
    (await desk.admin.get<TicketSla>(`/tickets/${numberOf(subject)}/sla`)).waiting
  const policy = (times: object): Promise<unknown> =>
    desk.admin.put(`/departments/${desk.department?.id}/waiting`, times)
  const open = async (subject: string): Promise<void> => {
    await page.goto(`${desk.guichet.url}/tickets/${numberOf(subject)}`)
    await page.getByText('It is broken.').first().waitFor()
  }
  /**
   * Writes to the requester from the ticket's page.
   * @returns the mail as the requester gets it.
   */
  async function write(subject: string, text: string, sending: string): Promise<ParsedMail> {
    await open(subject)
    await page.locator('body').press('r')
    await page.getByRole('textbox', { name: labels.composer.replyText }).fill(text)
    await page.getByRole('button', { name: labels.composer.sendings }).click()
    await page.getByRole('menuitem', { name: sending }).click()
    return mailOf(subject, text)
  }
  /** Waits for a mail of a ticket that says this. */
  async function mailOf(subject: string, text: string, timeout = 180_000): Promise<ParsedMail> {
    return simpleParser(
      (
        await desk.peer.waitFor(
          ({ raw }) => raw.includes(`[#${numberOf(subject)}]`) && raw.includes(text),
          timeout,
        )
      ).raw,
    )
  }
  const answer = (mail: ParsedMail, text: string): void =>
    desk.deliver(
      rawMail({
        to: mail.replyTo?.text ?? mail.from?.text ?? '',
        subject: `Re: ${mail.subject}`,
        inReplyTo: (mail.messageId ?? '').replace(/[<>]/g, ''),
        text: `${text}\n`,
      }),
    )
  const reminders = (subject: string): number =>
    desk.peer.mails.filter(
      ({ raw }) =>
        raw.includes(`[#${numberOf(subject)}]`) && raw.includes('waiting for your answer'),
    ).length

  step('begins with a question, shows what comes next, and ends with an answer', at, async () => {
    await policy(LONG)
    const question = await write(
      subjects.answered,
      'Which printer is it?',
      labels.composer.sendWait,
    )
    await shows('waiting')
    await eventually(
      'the chain is on the page',
      async () =>
        (await steps()).join() === [labels.sla.waiting.reminder, labels.sla.waiting.closing].join(),
    )
    answer(question, 'The one on the second floor.')
    await shows('open')
    await chain().waitFor({ state: 'detached' })
    assert.equal(await waitingOf(subjects.answered), null)
  })

  step('is stopped by an agent: then nothing happens by itself', at, async () => {
    await write(subjects.stopped, 'Which cable is it?', labels.composer.sendWait)
    await chain().getByRole('button', { name: labels.sla.waiting.stop }).click()
    await page.getByText(labels.sla.waiting.stopped).waitFor()
    assert.equal((await waitingOf(subjects.stopped))?.cancelled, true)
    await assertAccessible(page, 'a stopped chain')
  })

  step('reminds who is silent, and says so on the ticket', at, async () => {
    await policy(SHORT)
    await write(subjects.silent, 'Which screen is it?', labels.composer.sendWait)
    const reminder = await mailOf(subjects.silent, 'waiting for your answer')
    assert.equal(reminder.headers.get('auto-submitted'), 'auto-generated')
    await chain()
      .getByText(labels.sla.waiting.reminded, { exact: true })
      .waitFor({ timeout: 180_000 })
    await page
      .getByRole('article')
      .filter({ hasText: 'waiting for your answer' })
      .getByText(labels.flag.reminder, { exact: true })
      .waitFor()
    await picture(page, 'waiting')
  })

  step('a mere thank-you leaves a solved ticket solved, and offers to reopen it', at, async () => {
    const solution = await write(subjects.answered, 'It prints again.', labels.composer.sendSolve)
    await shows('solved')
    answer(solution, 'Thank you very much!')
    await page.getByText('only said thank you').waitFor()
    assert.equal((await desk.ticket(numberOf(subjects.answered))).status, 'solved')
    await assertAccessible(page, 'the offer to reopen')
    await picture(page, 'thanks')
    await page
      .getByText('only said thank you')
      .locator('..')
      .getByRole('button', { name: labels.ticket.reopen })
      .click()
    await shows('open')
  })

  step('closes with a last notice; an answer to it opens the ticket again', at, async () => {
    const last = await mailOf(subjects.silent, 'have closed it')
    await open(subjects.silent)
    await shows('closed')
    assert.equal(reminders(subjects.silent), 1, 'reminded once')
    await page.goto(`${desk.guichet.url}/tickets/${numberOf(subjects.silent)}?tab=history`)
    await page.getByText(labels.sla.event.reminder).first().waitFor()
    await picture(page, 'history')
    answer(last, 'Sorry, I was away. It is the big one.')
    await shows('open')
    // What was stopped would have been reminded and closed by now.
    assert.equal((await desk.ticket(numberOf(subjects.stopped))).status, 'waiting')
    assert.equal(reminders(subjects.stopped), 0)
  })
})
