import { createHmac } from 'node:crypto'
import { sentenceOf, technically } from '../../../domain/explanation.ts'
import type { AlertChannel } from '../../../domain/health/vocabulary.ts'
import { cut } from '../../../domain/cut.ts'
import { say } from '../../../languages/mail-words.ts'
import type { Language } from '../../../languages/language.ts'
import { timeOrderedId } from '../../../platform/postgres/time-ordered-id.ts'
import { unseal } from '../../../platform/secrets/sealed-secret.ts'
import type { SecretKeys } from '../../../platform/secrets/secret-keys.ts'
import type { AutomaticSender } from '../../mail-out/senders.ts'
import { AlertFailure } from './alert-failure.ts'
import type { StoredAlertSettings } from './settings.ts'
import { type Alert, alertText, type AlertText, titleOf } from './text.ts'

/** A webhook that has not answered by then has failed. Milliseconds. */
const WEBHOOK_WITHIN = 10_000

/** Everything that sending needs, read before: what is told may be that the database is away. */
export interface AlertWay {
  settings: StoredAlertSettings
  /** Null where no mail can be sent. */
  sender: AutomaticSender | null
  secretKeys: SecretKeys
  /** Of the web app, without a trailing slash. */
  publicUrl: string
}

/** @returns whether anybody is to be told through a channel. */
export const isOn = (
  channel: AlertChannel,
  { addresses, webhook }: StoredAlertSettings,
): boolean => (channel === 'mail' ? addresses.length > 0 : webhook !== null)

/**
 * Tells several things in one message.
 * @param alerts none: it is a test.
 * @throws AlertFailure
 */
export const sendAlerts = (
  channel: AlertChannel,
  way: AlertWay,
  alerts: readonly Alert[],
): Promise<void> => (channel === 'mail' ? mailAlerts(way, alerts) : postAlerts(way, alerts))

const textsOf = (alerts: readonly Alert[], language: Language): AlertText[] =>
  alerts.length > 0
    ? alerts.map((alert) => alertText(alert, language))
    : [
        {
          title: say(language, 'health.alert.test'),
          what: say(language, 'health.alert.testText'),
          todo: '',
        },
      ]

/** One mail to everybody, in the language that the settings name. */
async function mailAlerts(
  { settings, sender, publicUrl }: AlertWay,
  alerts: readonly Alert[],
): Promise<void> {
  if (sender === null) throw new AlertFailure([sentenceOf('alert-without-sender')])
  const { addresses, language } = settings
  const texts = textsOf(alerts, language)
  const parts = texts.map(({ title, what, todo }) =>
    [...(texts.length > 1 ? [title] : []), what, ...(todo ? [todo] : [])].join('\n\n'),
  )
  const { sendAlertMail } = await import('./alert-mail.ts')
  await sendAlertMail(sender, addresses, {
    subject: `Guichet: ${titleOf(alerts, texts, language)}`,
    text: [
      ...parts,
      say(language, 'health.alert.health', { url: `${publicUrl}/settings/health` }),
    ].join('\n\n\n'),
  })
}

/**
 * One POST, signed after https://www.standardwebhooks.com: whoever has the secret knows that it came
 * from here and was not changed.
 */
async function postAlerts(
  { settings, secretKeys, publicUrl }: AlertWay,
  alerts: readonly Alert[],
): Promise<void> {
  const { webhook, secretSealed } = settings
  if (webhook === null || secretSealed === null)
    throw new AlertFailure([sentenceOf('webhook-without-secret')])
  const texts = textsOf(alerts, 'en')
  const at = new Date()
  const body = JSON.stringify({
    type: alerts.length > 0 ? 'health.alerts' : 'health.test',
    timestamp: at.toISOString(),
    data: {
      title: titleOf(alerts, texts, 'en'),
      url: `${publicUrl}/settings/health`,
      alerts: alerts.map(({ kind, subject: { check, finding } }, index) => ({
        kind,
        check,
        reason: finding.reason,
        subject: finding.subject,
        state: finding.state,
        since: finding.since,
        values: finding.values,
        text: texts[index]?.what,
        todo: texts[index]?.todo,
      })),
    },
  })
  await post(webhook.url, body, signed(unseal(secretKeys, secretSealed), body, at))
}

function signed(secret: string, body: string, at: Date): Record<string, string> {
  const id = `msg_${timeOrderedId()}`
  const seconds = Math.floor(at.getTime() / 1000)
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  const signature = createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64')
  return {
    'webhook-id': id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': `v1,${signature}`,
  }
}

async function post(url: string, body: string, headers: Record<string, string>): Promise<void> {
  const host = new URL(url).host
  const answer = await fetch(url, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', 'user-agent': 'Guichet', ...headers },
    // What is signed for one address is for no other.
    redirect: 'manual',
    signal: AbortSignal.timeout(WEBHOOK_WITHIN),
  }).catch((error: unknown) => {
    throw new AlertFailure(
      (error as Error).name === 'TimeoutError'
        ? [sentenceOf('no-answer-in-time', { server: host })]
        : [sentenceOf('webhook-unreachable', { host }), ...technically(causeOf(error))],
    )
  })
  // The answer's body is nobody's business, and may never end.
  void answer.body?.cancel().catch(() => undefined)
  if (!answer.ok)
    throw new AlertFailure([sentenceOf('webhook-refused', { host, status: answer.status })])
}

const causeOf = (error: unknown): string => {
  const { cause, message } = error as { cause?: { message?: string }; message: string }
  return cut(cause?.message || message, 300)
}
