import { createHmac } from 'node:crypto'
import type { SecretKeys } from '../../platform/secrets/secret-keys.ts'

/**
 * Names this installation in the mail it sends (header X-Guichet-Ticket), so that mail of ours that
 * comes back is recognised whatever has become of its other headers. Says nothing about the key it
 * is made from.
 * @param secretKeys of which the current one names it.
 */
export const instanceId = (secretKeys: SecretKeys): string =>
  createHmac('sha256', secretKeys.current).update('guichet instance').digest('hex').slice(0, 16)
