import { type Message, MOST_RECIPIENTS } from '../../../domain/conversation/contract.ts'
import type { Department } from '../../../domain/people/contract.ts'
import { readReplyAddress } from '../../../domain/mail-in/reply-address.ts'

/** More than an answer goes to. */
export const isTooMany = ({ to, cc }: Recipients): boolean =>
  Math.max(to.length, cc.length) > MOST_RECIPIENTS

export interface Recipients {
  to: string[]
  cc: string[]
}
export interface Address {
  address: string
  name: string
}

/**
 * Who is shown as a message's writer: our agent by name, everybody else as the mail says, also when
 * an agent wrote it down for them.
 */
export const senderOf = (message: Message): { name: string; email: string } =>
  message.direction === 'outbound' && message.author
    ? { name: message.author.name, email: message.author.email }
    : { name: message.from.name, email: message.from.address }

/**
 * The reply tag of an address of ours says nothing to people: it+t1042.f3k9…@example.com is
 * it@example.com.
 */
export const withoutTag = (address: string): string => readReplyAddress(address)?.mailbox ?? address

/** For those who look after delivery: with the addresses. */
export const fullAddressList = (addresses: readonly Address[]): string =>
  addresses.map(({ address, name }) => (name ? `${name} <${address}>` : address)).join(', ')

/**
 * Who an answer goes to: the requester, and in copy everybody whom the last mail from outside had
 * there, unless they are more than an answer takes. Never the desk itself.
 * @param own addresses of the desk's mailboxes and senders.
 * @returns with how many are left out for being too many.
 */
export function answerTo(
  requester: string,
  messages: readonly Message[],
  own: readonly string[],
): Recipients & { leftOut: number } {
  const last = messages.findLast(
    (message) => message.direction === 'inbound' && !message.flags.includes('stranger'),
  )
  const ours = new Set(own.map((address) => address.toLowerCase()))
  const others = [...(last?.to ?? []), ...(last?.cc ?? [])].map(({ address }) =>
    withoutTag(address).toLowerCase(),
  )
  const cc = [...new Set(others)].filter((address) => address !== requester && !ours.has(address))
  const tooMany = cc.length > MOST_RECIPIENTS
  return {
    to: requester ? [requester] : [],
    cc: tooMany ? [] : cc,
    leftOut: tooMany ? cc.length : 0,
  }
}

/** The bare address of `Name <address>`. */
export const bareAddress = (from: string): string => /<([^>]+)>/.exec(from)?.[1] ?? from.trim()

/** The addresses that a department writes from and is written to. */
export const addressesOf = ({
  mailboxAddresses,
  senderFrom,
}: Pick<Department, 'mailboxAddresses' | 'senderFrom'>): string[] => [
  ...mailboxAddresses,
  ...(senderFrom ? [bareAddress(senderFrom)] : []),
]
