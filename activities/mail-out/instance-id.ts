import { createHmac } from 'node:crypto'

/**
 * Names this installation in the mail it sends (header X-Guichet-Ticket), so that mail of ours that
 * comes back is recognised whatever has become of its other headers. Says nothing about the key it
 * is made from.
 * @param secretKey from SECRET_KEY.
 */
export const instanceId = (secretKey: Buffer): string =>
  createHmac('sha256', secretKey).update('guichet instance').digest('hex').slice(0, 16)
