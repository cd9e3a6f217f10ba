import { addressesIn, localPartOf } from './addresses.ts'
import type { Recipient, ReportInput } from './delivery-report.ts'
import { valueOf, valuesOf } from './headers.ts'

/**
 * Bounces from before, or beside, RFC 3464. Each form is known by a mark that a person's mail does not have; a mail that merely speaks of an
 * undelivered mail is none.
 * @returns the recipients they name; none when it is no such bounce.
 */
export function nonStandardReport(mail: ReportInput): Recipient[] {
  return [exim, qmail, exchange, byDaemon].map((form) => form(mail)).find((recipients) => recipients.length > 0) ?? []
}

const longest = 65_536
const statusIn = (text: string): string => /(?:^|[\s#(])([245]\.\d{1,3}\.\d{1,3})\b/.exec(text)?.[1] ?? ''

/** Exim (and Gmail, beside its standard report) lists them in a header field. */
function exim({ headers, subject, text }: ReportInput): Recipient[] {
  const listed = valuesOf(headers, 'x-failed-recipients').flatMap(addressesIn)
  const warning = /^(?:warning:|delivery delayed)/i.test(subject) && /^exim/i.test(valueOf(headers, 'x-mailer') || 'exim') && /delayed/i.test(text.slice(0, 2000))
  const delayed = warning || /has not (?:yet )?been delivered|delivery (?:attempts )?will continue/i.test(text.slice(0, 4000))
  return listed.map((address) => ({ address, action: delayed ? 'delayed' : 'failed', status: statusIn(text.slice(0, longest)), diagnostic: after(text, address) }))
}

/** "Hi. This is the qmail-send program at …": an address in brackets with a colon, the reason below it. */
function qmail({ text }: ReportInput): Recipient[] {
  const head = text.slice(0, longest)
  if (!/^(?:Hi\. This is the [\w-]*qmail|This is the [\w-]*qmail|I'm afraid I wasn't able to deliver your message)/m.test(head.slice(0, 2000))) return []
  const end = head.search(/^--- (?:Below this line|Enclosed|Undelivered)/m)
  const notes = end < 0 ? head : head.slice(0, end)
  return [...notes.matchAll(/^<([^<>\s]+@[^<>\s]+)>:\s*\n((?:.+\n?)*)/gm)].map(([, address = '', why = '']) => ({
    address: addressesIn(address)[0] ?? '', action: 'failed', status: statusIn(why), diagnostic: oneLine(why),
  }))
}

/** Exchange 5.5 to 2003: "Your message … did not reach some or all of the intended recipients." */
function exchange({ text }: ReportInput): Recipient[] {
  const head = text.slice(0, longest)
  if (!/^\s*(?:Your message|Ihre Nachricht|Votre message|Su mensaje)\b[\s\S]{0,400}?(?:did not reach|could not be delivered|konnte nicht|hat (?:einige|mindestens)|n'a pas (?:été|pu)|no (?:ha )?lleg)/i.test(head)) return []
  if (!/^\s*(?:Subject|Betreff|Objet|Asunto):/im.test(head)) return []
  return [...head.matchAll(/^\s*['"]?<?([^\s<>'"]+@[^\s<>'"]+)>?['"]?\s+(?:on|am|le|el)\s+\d[^\n]*\n((?:[ \t]+\S.*\n?)*)/gim)].map(([, address = '', why = '']) => ({
    address: addressesIn(address)[0] ?? '', action: 'failed', status: statusIn(why), diagnostic: oneLine(why),
  }))
}

/** Any other mailer daemon with a text of its own: the addresses it names above the returned mail. */
function byDaemon(mail: ReportInput): Recipient[] {
  if (!isBounceOfDaemon(mail)) return []
  const head = mail.text.slice(0, longest)
  const end = head.search(/^(?:[-|]{3,}.*(?:original|returned|copy|unsent|below|message text)|(?:return-path|received):)/im)
  const notes = end > 0 ? head.slice(0, end) : head
  const action = speaksOfDelay(mail) ? 'delayed' : 'failed'
  const writer = addressesIn(valuesOf(mail.headers, 'to').join(' '))
  return addressesIn(notes).filter((address) => address !== mail.from && !writer.includes(address) && !daemonName.test(localPartOf(address))).slice(0, 50).map((address) => ({
    address, action, status: statusIn(notes), diagnostic: after(notes, address),
  }))
}

/**
 * Whether a mail is a bounce by who sent it and what it says: a mailer daemon with a subject or a sentence that only bounces have, or an empty
 * return path with such a subject. An absence notice has the empty return path, too.
 */
export function isBounceOfDaemon({ headers, from, subject, text }: ReportInput): boolean {
  const subjectSays = bounceSubject.test(subject)
  if (from === null || daemonName.test(localPartOf(from))) return subjectSays || (from !== null && !/^postmaster/.test(from) && bounceText.test(text.slice(0, 4000)))
  return subjectSays && valueOf(headers, 'return-path').replace(/\s/g, '') === '<>' && !/^re\s?:/i.test(subject)
}

/** @returns whether the system still tries. */
export const speaksOfDelay = ({ subject, text }: ReportInput): boolean =>
  /\b(?:delay|warning|not yet|verzöger|retard|still being retried)/i.test(subject) || /THIS IS A WARNING (?:MESSAGE )?ONLY|(?:will be|still being) retried until|has not (?:yet )?been delivered/i.test(text.slice(0, 4000))

const daemonName = /^(?:mailer-?daemon|post_?master|mail-?daemon|mdaemon|microsoftexchange\w*|mail\.delivery\.system|mail-?delivery(?:-?system)?)$/
const bounceText = /(?:could not be|can ?not be|unable to be|was not|wasn't|not) delivered|unable to deliver|delivery (?:has )?failed|failed (?:permanently|addresses)|permanent (?:fatal |delivery )?error|undeliverable|user unknown|unknown user|no such user|transcript of session|returned to sender|n'a pas (?:pu|été) (?:être )?(?:remis|délivré)|nicht (?:zugestellt|ausgeliefert) werden/i
const bounceSubject = /undeliver|failed delivery|failure delivery|mail fail(?:ed|ure)|error sending your mail|cannot send message|could not (?:be )?(?:send|sent|deliver)|returned mail|delivery (?:status|failure|failed|has failed|delayed|error|problem)|mail (?:delivery|system error)|failure notice|nondeliverable|not deliver|non remis|échec|nicht zustellbar|unzustellbar|zustellung|no se (?:ha )?(?:pudo )?entrega|mancata consegna|onbestelbaar|niewysłan|returned to sender|warning: (?:could not send|message)|não (?:foi )?entreg|недоставлен|退信/i

/** The lines that follow the address: there the reason stands. */
function after(text: string, address: string): string {
  const at = text.toLowerCase().indexOf(address)
  return at < 0 ? '' : oneLine(text.slice(at + address.length, at + address.length + 600).split(/\n\s*\n/)[0] ?? '')
}

const oneLine = (text: string): string => text.replace(/^[\s>:]+/, '').replace(/\s+/g, ' ').trim().slice(0, 1000)
