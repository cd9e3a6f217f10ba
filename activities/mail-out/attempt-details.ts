import type { RefusedRecipient, SmtpFailure } from '../../platform/smtp/failure.ts'
import { MAY_HAVE_ARRIVED_TWICE } from './outbound-record.ts'

/** What stands in the ticket's history about an attempt. */

/**
 * @param before recipients refused at an earlier attempt.
 * @param flags of the message.
 */
export function deliveredDetail(
  reply: string,
  refused: readonly RefusedRecipient[],
  before: readonly string[],
  flags: readonly string[],
): string {
  return [
    reply,
    ...(flags.includes(MAY_HAVE_ARRIVED_TWICE)
      ? ['sent a second time, after the answer to the first was lost: it may have arrived twice']
      : []),
    ...(refused.length > 0 ? [`refused: ${listed(refused)}`] : []),
    ...(before.length > 0 ? [`refused earlier: ${before.join(', ')}`] : []),
  ].join(' · ')
}

/** The server took the message for some recipients and put others off. */
export const partlyDetail = (reply: string, putOff: readonly RefusedRecipient[]): string =>
  `Taken for the other recipients (${reply}), put off for ${listed(putOff)}. Tried again for these.`

/** @returns the failure with the recipients it is about. */
export const inWords = (failure: SmtpFailure): string =>
  failure.refused.length > 0
    ? `All recipients were refused: ${listed(failure.refused)}`
    : failure.message

const listed = (recipients: readonly RefusedRecipient[]): string =>
  recipients.map(({ address, reply }) => `${address} (${reply})`).join(', ')
