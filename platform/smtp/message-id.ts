import type { MailAddress } from '../../domain/mail-in/parsed-mail.ts'
import { domainToASCII } from 'node:url'
import { domainOf } from '../../domain/mail-in/addresses.ts'

/**
 * @returns a Message-ID without brackets, in the domain of the address it is written as (RFC 5322
 *   section 3.6.4).
 */
export const newInternetId = (messageId: string, from: MailAddress): string =>
  `${messageId}@${idDomain(from)}`

/**
 * The domain of our ids: that of the sender, in ASCII (RFC 5890), because ids travel in headers.
 */
export const idDomain = (from: MailAddress): string =>
  domainToASCII(domainOf(from.address)) || 'localhost'
