import { addressesIn, normaliseAddress } from '../../../domain/mail-in/addresses.ts'
import { valuesOf } from '../../../domain/mail-in/header-fields.ts'
import { answeredIds } from '../../../domain/mail-in/message-ids.ts'
import type { ParsedMail } from '../../../domain/mail-in/parsed-mail.ts'
import { readReplyAddress } from '../../../domain/mail-in/reply-address.ts'
import { subjectTicket } from '../../../domain/mail-in/subject-token.ts'
import { verifyReplyToken } from '../../../application/mail-out/reply-token.ts'
import type { RoutingCandidate, StoredRow } from '../../../domain/mail-in/routing/candidate.ts'
import type { SecretKeys } from '../../../platform/secrets/secret-keys.ts'

/** Fields that may carry the address a mail was sent to before systems on the way rewrote it. */
const recipientFields = [
  'x-original-to',
  'delivered-to',
  'x-forwarded-to',
  'envelope-to',
  'x-envelope-to',
]

/** @param secretKeys verifies signed reply addresses. */
export function candidateOf(
  row: StoredRow,
  mail: ParsedMail,
  secretKeys: SecretKeys,
): RoutingCandidate {
  const recipients = [
    ...row.envelopeTo,
    ...mail.to.map((p) => p.address),
    ...mail.cc.map((p) => p.address),
    ...recipientFields.flatMap((name) => valuesOf(mail.headers, name).flatMap(addressesIn)),
    // A relay that gives our mail an id of its own still returns the address that answers were to
    // go to.
    ...(mail.report?.original ? [mail.report.original.replyTo] : []),
  ]
  const tokenTickets = [
    ...new Set(
      recipients.flatMap((address) => {
        const reply = readReplyAddress(address)
        return reply &&
          reply.ticketNumber <= 2_147_483_647 &&
          verifyReplyToken(secretKeys, reply.ticketNumber, reply.token)
          ? [reply.ticketNumber]
          : []
      }),
    ),
  ]
  const answered = answeredIds(mail)
  const token = subjectTicket(mail.subject)
  const writers = [mail.from, mail.replyTo[0], mail.forwarded?.from].flatMap((p) =>
    p ? [normaliseAddress(p.address)] : [],
  )
  return {
    row,
    mail,
    answered,
    tokenTickets,
    contentKey: row.contentKey,
    internetIds: [
      ...new Set(
        [mail.internetId, mail.report?.originalInternetId, ...answered].filter(
          (id) => typeof id === 'string' && id !== '',
        ),
      ),
    ] as string[],
    subjectTicket: token,
    ticketNumbers: [...tokenTickets, ...(token === null ? [] : [token])],
    writers: [...new Set(writers.filter((a) => a !== ''))],
  }
}
