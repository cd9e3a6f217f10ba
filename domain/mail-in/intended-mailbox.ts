import { addressesIn, normaliseAddress, plusAddress } from './addresses.ts'
import { valuesOf } from './header-fields.ts'
import type { HeaderField, MailAddress } from './parsed-mail.ts'
import { readReplyAddress } from './reply-address.ts'

/** One of our mailboxes, as far as choosing needs it. */
export interface KnownMailbox {
  id: string
  address: string
  /** Other addresses whose mail belongs to it. */
  aliases: readonly string[]
  /** False: nobody fetches it, its mail only comes forwarded into another mailbox. */
  fetched?: boolean
}

export interface DeliveredMail {
  headers: readonly HeaderField[]
  /** RCPT TO, when our own receiver took the mail. */
  envelopeTo: readonly string[]
  to: readonly MailAddress[]
  cc: readonly MailAddress[]
}

/**
 * What named the mailbox, for the ledger: a header field in lower case, `reply-address`, `envelope`
 * or `arrival`.
 */
export interface IntendedMailbox {
  mailboxId: string
  via: string
}

/**
 * Fields that the mail systems on the way write: where the mail was sent before it was forwarded.
 */
const traceFields = [
  'x-forwarded-for',
  'x-forwarded-to',
  'delivered-to',
  'x-original-to',
  'envelope-to',
  'x-envelope-to',
  'x-real-to',
  'apparently-to',
  'original-recipient',
  'resent-to',
]
const listFields = ['list-post', 'list-id', 'x-original-mailing-list', 'mailing-list']

/**
 * For which of our mailboxes a mail was meant. In this order: a reply address of ours; the address
 * it was forwarded for, by the envelope and the trace fields; To and Cc; the list it came over; the
 * mailbox it arrived in. A trace field that names the mailbox it arrived in says nothing new. Where
 * To and Cc name several of ours, the one it arrived in wins, else the first.
 * @param arrivedIn id of the mailbox that it was fetched from or received for.
 */
export function intendedMailbox(
  mail: DeliveredMail,
  mailboxes: readonly KnownMailbox[],
  arrivedIn: string,
): IntendedMailbox {
  const owners = ownersOf(mailboxes)
  const owner = (address: string): string | undefined =>
    owners.get(address) ?? owners.get(plusAddress(address).base)
  const written = [...mail.to, ...mail.cc].map((person) => normaliseAddress(person.address))

  const replied = firstOwner(
    [...mail.envelopeTo, ...written, ...trace(mail).map((t) => t.address)].map(
      (a) => readReplyAddress(a)?.mailbox ?? '',
    ),
    owner,
  )
  if (replied) return { mailboxId: replied, via: 'reply-address' }

  const forwardedFor = trace(mail).find(
    ({ address }) => (owner(address) ?? arrivedIn) !== arrivedIn,
  )
  const resentHere = valuesOf(mail.headers, 'resent-to')
    .flatMap(addressesIn)
    .some((a) => owner(a) === arrivedIn)
  const addressed = written.map(owner).filter((id) => id !== undefined)
  if (forwardedFor && !resentHere && !addressed.includes(arrivedIn)) {
    return { mailboxId: owner(forwardedFor.address) ?? arrivedIn, via: forwardedFor.via }
  }
  if (resentHere || addressed.includes(arrivedIn))
    return { mailboxId: arrivedIn, via: resentHere ? 'resent-to' : 'to' }

  const deliveredHere = trace(mail).some(({ address }) => owner(address) === arrivedIn)
  const fetched = new Set(mailboxes.filter((m) => m.fetched !== false).map((m) => m.id))
  const named = addressed.find((id) => !deliveredHere || !fetched.has(id))
  if (named) return { mailboxId: named, via: 'to' }

  for (const field of listFields) {
    const list = firstOwner(valuesOf(mail.headers, field).flatMap(listAddresses), owner)
    if (list) return { mailboxId: list, via: field }
  }
  return { mailboxId: arrivedIn, via: 'arrival' }
}

/** The first mailbox listed keeps an address that two of them claim. */
function ownersOf(mailboxes: readonly KnownMailbox[]): Map<string, string> {
  const owners = new Map<string, string>()
  const claim = (address: string, id: string): void => {
    const normal = normaliseAddress(address)
    if (normal !== '' && !owners.has(normal)) owners.set(normal, id)
  }
  for (const mailbox of mailboxes) claim(mailbox.address, mailbox.id)
  for (const mailbox of mailboxes) for (const alias of mailbox.aliases) claim(alias, mailbox.id)
  return owners
}

const trace = (mail: DeliveredMail): { address: string; via: string }[] => [
  ...mail.envelopeTo.map((address) => ({ address: normaliseAddress(address), via: 'envelope' })),
  ...traceFields.flatMap((via) =>
    valuesOf(mail.headers, via)
      .flatMap(addressesIn)
      .map((address) => ({ address, via })),
  ),
]

const firstOwner = (
  addresses: readonly string[],
  owner: (address: string) => string | undefined,
): string | undefined => addresses.map(owner).find((id) => id !== undefined)

/**
 * A List-Id is no address, but lists made of one carry it with a dot for the @:
 * `support.example.com`.
 */
function listAddresses(value: string): string[] {
  const id = /<([^<>@\s]+)>/.exec(value)?.[1] ?? ''
  const dot = id.indexOf('.')
  return [
    ...addressesIn(value),
    ...(dot > 0 ? [normaliseAddress(`${id.slice(0, dot)}@${id.slice(dot + 1)}`)] : []),
  ]
}
