import { createTransport } from 'nodemailer'

/**
 * Mail of the demo's requesters, by real SMTP to Guichet's built-in receiver, as their mail
 * programs would send it.
 */
export class RequesterMail {
  #transport
  #store

  /**
   * @param {import('./mail-store.mjs').MailStore} store keeps a copy, like a Sent folder
   * @param {number} receiverPort
   */
  constructor(store, receiverPort) {
    this.#store = store
    this.#transport = createTransport({
      host: '127.0.0.1',
      port: receiverPort,
      secure: false,
      ignoreTLS: true,
      pool: true,
      maxConnections: 4,
    })
  }

  /**
   * @param {{from: string, name?: string, to: string, subject: string, text: string, html?: string,
   *   date?: Date, messageId?: string, inReplyTo?: string, references?: string[],
   * attachments?: {filename: string, content: string | Buffer}[]}} mail
   * @throws when the receiver refuses it: its words
   */
  async write({ from, name = '', ...mail }) {
    const sent = await this.#transport.sendMail({
      ...mail,
      from: { name, address: from },
      headers: { 'User-Agent': 'Guichet mail sandbox' },
    })
    // Rendered a second time for the Sent folder, with the id under which it left.
    const copy = await createTransport({ streamTransport: true, buffer: true }).sendMail({
      ...mail,
      from: { name, address: from },
      messageId: sent.messageId,
    })
    return this.#store.keep(
      { direction: 'written', people: [from.toLowerCase()] },
      /** @type {Buffer} */ (copy.message),
    )
  }

  /**
   * The answer to a mail that Guichet sent, with the headers and the quote of a usual mail program.
   * @param {import('./mail-store.mjs').SandboxMail} mail
   * @param {{from: string, name?: string, text: string, date?: Date, messageId?: string}} answer
   */
  answer(mail, { from, name, text, date, messageId }) {
    const quote = mail.text
      .trimEnd()
      .split('\n')
      .map((line) => `> ${line}`.trimEnd())
      .join('\n')
    const when = new Date(mail.at).toLocaleString('en-GB', {
      dateStyle: 'medium',
      timeStyle: 'short',
    })
    return this.write({
      from,
      to: mail.replyTo,
      subject: /^re:/i.test(mail.subject) ? mail.subject : `Re: ${mail.subject}`,
      text: `${text}\n\nOn ${when}, ${mail.fromName} <${mail.from}> wrote:\n${quote}\n`,
      inReplyTo: mail.messageId,
      references: [...mail.references, mail.messageId],
      ...(name === undefined ? {} : { name }),
      ...(date ? { date } : {}),
      ...(messageId ? { messageId } : {}),
    })
  }
}
