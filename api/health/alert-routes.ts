import {
  type AlertSettings,
  alertSettings,
  alertTest,
  type AlertTest,
  newAlertSettings,
} from '../../domain/health/contract.ts'
import { sentenceOf } from '../../domain/explanation.ts'
import { alertChannel, type AlertChannel } from '../../domain/health/vocabulary.ts'
import { explained } from '../../languages/explanation.ts'
import { AlertFailure } from '../../application/health/alerts/alert-failure.ts'
import { type AlertWay, isOn, sendAlerts } from '../../application/health/alerts/channels.ts'
import {
  readAlertSettings,
  type StoredAlertSettings,
  writeAlertSettings,
} from '../../application/health/alerts/settings.ts'
import { automaticSender } from '../../application/mail-out/senders.ts'
import { seal } from '../../platform/secrets/sealed-secret.ts'
import type { SecretKeys } from '../../platform/secrets/secret-keys.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { unprocessable } from '../http/problem.ts'
import { type Api, answers } from '../http/route-schema.ts'

/** Who is told when something is wrong. */
export function alertRoutes(api: Api, { db, settings }: Dependencies): void {
  api.get(
    '/health/alerts',
    {
      config: { right: 'settings.manage' },
      schema: {
        operationId: 'getAlertSettings',
        summary: 'Who is told when something is wrong',
        description: 'The secret of the webhook is never shown again.',
        response: answers(200, alertSettings),
      },
    },
    async () => shown(await readAlertSettings(db)),
  )

  api.put(
    '/health/alerts',
    {
      config: { right: 'settings.manage' },
      schema: {
        operationId: 'setAlertSettings',
        summary: 'Set who is told when something is wrong',
        description:
          'By mail, by a webhook signed as standardwebhooks.com describes, or both. A secret that is left out stays as it is stored, as long as the webhook stays at its host.',
        body: newAlertSettings,
        response: answers(200, alertSettings),
      },
    },
    async (request) => {
      const { webhook, ...others } = request.body
      const stored = await readAlertSettings(db)
      const secretSealed = webhook && sealedSecret(webhook, stored, settings.secretKeys)
      const changed = { ...others, webhook: webhook && { url: webhook.url }, secretSealed }
      await writeAlertSettings(db, changed)
      return shown(changed)
    },
  )

  api.post(
    '/health/alerts/test',
    {
      config: { right: 'settings.manage' },
      schema: {
        operationId: 'testAlerts',
        summary: 'Send a test alert',
        description:
          'Through each channel that is set up. What the other side says is the answer, also when it says no.',
        response: answers(200, alertTest),
      },
    },
    async (): Promise<AlertTest> => {
      const { secretKeys, publicUrl } = settings
      const way = {
        settings: await readAlertSettings(db),
        sender: await automaticSender(db, settings, null),
        secretKeys,
        publicUrl,
      }
      const channels = alertChannel.options.filter((channel) => isOn(channel, way.settings))
      return Promise.all(channels.map((channel) => tested(channel, way)))
    },
  )
}

const shown = ({ addresses, language, webhook, repeatAfter }: StoredAlertSettings) =>
  ({ addresses, language, webhook, repeatAfter }) satisfies AlertSettings

/** @throws ProblemError 422 when the stored secret would go to another host than its own. */
function sealedSecret(
  { url, secret }: { url: string; secret?: string | undefined },
  stored: StoredAlertSettings,
  secretKeys: SecretKeys,
): string {
  if (secret !== undefined) return seal(secretKeys, secret)
  if (stored.webhook && stored.secretSealed && sameHost(url, stored.webhook.url))
    return stored.secretSealed
  throw unprocessable(
    'webhook-secret-needed',
    'Enter the secret that this webhook checks signatures with.',
    '/webhook/secret',
  )
}

const sameHost = (one: string, other: string): boolean => new URL(one).host === new URL(other).host

async function tested(channel: AlertChannel, way: AlertWay): Promise<AlertTest[number]> {
  try {
    await sendAlerts(channel, way, [])
    const sent =
      channel === 'mail'
        ? sentenceOf('test-mail-sent', { to: way.settings.addresses.join(', ') })
        : sentenceOf('webhook-took-test')
    return { channel, ok: true, code: 'ok', ...explained([sent]) }
  } catch (error) {
    if (!(error instanceof AlertFailure)) throw error
    return { channel, ok: false, code: error.code, ...explained(error.explanation) }
  }
}
