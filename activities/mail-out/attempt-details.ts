import {
  type Explanation,
  inTheirWords,
  type Sentence,
  sentenceOf,
} from '../../domain/explanation.ts'
import type { RefusedRecipient, SmtpFailure } from '../../platform/smtp/failure.ts'
import { MAY_HAVE_ARRIVED_TWICE } from '../../domain/mail-out/delivery-flags.ts'

/** What stands in the ticket's history about an attempt. */

/**
 * @param before recipients refused at an earlier attempt.
 * @param flags of the message.
 * @returns the server's own answer, when there is nothing else to tell.
 */
export function deliveredDetail(
  reply: string,
  refused: readonly RefusedRecipient[],
  before: readonly string[],
  flags: readonly string[],
): Explanation {
  const told = [
    ...(flags.includes(MAY_HAVE_ARRIVED_TWICE) ? [sentenceOf('sent-twice')] : []),
    ...(refused.length > 0
      ? [sentenceOf('recipients-refused', { recipients: listed(refused) })]
      : []),
    ...(before.length > 0
      ? [sentenceOf('recipients-refused-earlier', { recipients: before.join(', ') })]
      : []),
  ]
  return told.length > 0 ? [...told, ...inTheirWords(reply)] : reply
}

/** The server took the message for some recipients and put others off. */
export const partlyDetail = (reply: string, putOff: readonly RefusedRecipient[]): Sentence[] => [
  sentenceOf('recipients-put-off', { recipients: listed(putOff) }),
  ...inTheirWords(reply),
]

/** @returns why it was not taken, with the recipients it is about. */
export const notTakenDetail = ({ refused, explanation }: SmtpFailure): Sentence[] =>
  refused.length > 0
    ? [sentenceOf('all-recipients-refused', { recipients: listed(refused) })]
    : explanation

/** Each with its reply, as the server words it. */
const listed = (recipients: readonly RefusedRecipient[]): string =>
  recipients.map(({ address, reply }) => `${address} (${reply})`).join(', ')
