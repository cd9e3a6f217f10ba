import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { simpleParser } from 'mailparser'

/**
 * @typedef {object} SandboxMail
 * @property {string} id
 * @property {'received' | 'written'} direction seen from the requester
 * @property {string[]} people whose mailbox it lies in, lower case
 * @property {number} at
 * @property {string} from
 * @property {string} fromName
 * @property {string} to
 * @property {string} cc
 * @property {string} replyTo where an answer goes
 * @property {string} subject
 * @property {string} text
 * @property {string | null} html
 * @property {string} messageId with brackets
 * @property {string} inReplyTo
 * @property {string[]} references
 * @property {boolean} automatic
 * @property {{filename: string, size: number}[]} attachments
 * @property {[string, string][]} headers those worth a look
 */

const SHOWN_HEADERS = [
  'from',
  'to',
  'cc',
  'reply-to',
  'subject',
  'date',
  'message-id',
  'in-reply-to',
  'references',
  'auto-submitted',
  'x-auto-response-suppress',
  'x-guichet-ticket',
]

/**
 * The mailboxes of the demo's people, in memory and as files, so that a second start finds them
 * again.
 */
export class MailStore {
  /** @type {SandboxMail[]} oldest first */
  mails = []
  #folder

  /** @param {string} folder */
  constructor(folder) {
    this.#folder = folder
  }

  /**
   * @param {string} folder made when missing
   * @returns {Promise<MailStore>}
   */
  static async open(folder) {
    fs.mkdirSync(folder, { recursive: true })
    const store = new MailStore(folder)
    for (const file of fs
      .readdirSync(folder)
      .filter((name) => name.endsWith('.eml'))
      .sort()) {
      const [at = '0', id = '', direction] = file.replace(/\.eml$/, '').split('_')
      const people = fs
        .readFileSync(path.join(folder, file.replace(/eml$/, 'people')), 'utf8')
        .split('\n')
      store.mails.push(
        await read(fs.readFileSync(path.join(folder, file)), {
          id,
          at: Number(at),
          direction: direction === 'written' ? 'written' : 'received',
          people,
        }),
      )
    }
    return store
  }

  /**
   * @param {{direction: 'received' | 'written', people: string[]}} where
   * @param {Buffer} raw
   * @returns {Promise<SandboxMail>}
   */
  async keep({ direction, people }, raw) {
    const kept = { id: randomUUID(), at: Date.now(), direction, people }
    const name = path.join(this.#folder, `${kept.at}_${kept.id}_${direction}`)
    // The mail last: a file pair that a kill cut in half is not read again.
    fs.writeFileSync(`${name}.people`, people.join('\n'))
    fs.writeFileSync(`${name}.eml`, raw)
    const mail = await read(raw, kept)
    this.mails.push(mail)
    return mail
  }

  /** @param {string} id */
  one(id) {
    return this.mails.find((mail) => mail.id === id)
  }

  /**
   * @param {string} person lower case
   * @returns {SandboxMail[]} newest first
   */
  of(person) {
    return this.mails.filter((mail) => mail.people.includes(person)).reverse()
  }
}

/**
 * @param {Buffer} raw
 * @param {{id: string, at: number, direction: 'received' | 'written', people: string[]}} kept
 * @returns {Promise<SandboxMail>}
 */
async function read(raw, kept) {
  const mail = await simpleParser(raw, { skipImageLinks: false })
  const from = mail.from?.value[0]
  return {
    ...kept,
    from: from?.address ?? '',
    fromName: from?.name || from?.address || '',
    to: addresses(mail.to),
    cc: addresses(mail.cc),
    replyTo: mail.replyTo?.value[0]?.address ?? from?.address ?? '',
    subject: mail.subject ?? '',
    text: mail.text ?? '',
    html: mail.html || null,
    messageId: mail.messageId ?? '',
    inReplyTo: mail.inReplyTo ?? '',
    references: [mail.references ?? []].flat(),
    automatic: mail.headers.has('auto-submitted'),
    attachments: mail.attachments
      .filter((a) => !a.related)
      .map((a) => ({ filename: a.filename ?? 'attachment', size: a.size })),
    headers: mail.headerLines
      .filter(({ key }) => SHOWN_HEADERS.includes(key))
      .map(({ line }) => [
        line.slice(0, line.indexOf(':')),
        line
          .slice(line.indexOf(':') + 1)
          .replace(/\s+/g, ' ')
          .trim(),
      ]),
  }
}

/**
 * @param {import('mailparser').AddressObject | import('mailparser').AddressObject[] | undefined}
 *   field
 */
const addresses = (field) =>
  [field ?? []]
    .flat()
    .map((a) => a.text)
    .join(', ')
