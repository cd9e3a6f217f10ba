import { randomUUID } from 'node:crypto'
import type { CommandSender } from '../../../activities/mail-in/ledger/command-sender.ts'
import { MailIntake } from '../../../activities/mail-in/ledger/intake.ts'
import { parseMail } from '../../../activities/mail-in/mime/parse.ts'
import type { RoutedCommand } from '../../../domain/mail-in/routing/routed-command.ts'
import { databaseBlobs } from '../../../platform/postgres/blobs.ts'
import { type MailFields, rawMail } from '../../integration/support/mails.ts'
import { type ApiDesk, SECRET_KEYS } from './api-desk.ts'

/**
 * Lets mail come in at an API desk: the real parser and router; commands go to the desk's tickets.
 */
export class MailDesk {
  readonly #queue: RoutedCommand[] = []
  readonly #intake: MailIntake
  #uid = 0n

  constructor(
    readonly desk: ApiDesk,
    readonly mailboxId: string,
  ) {
    const sender = {
      waiting: 0,
      isSending: () => false,
      send: (commands: RoutedCommand[]) => void this.#queue.push(...commands),
      atMost: () => Promise.resolve(),
    }
    this.#intake = new MailIntake(
      {
        db: desk.db,
        blobs: databaseBlobs(desk.db),
        secretKeys: SECRET_KEYS,
        defaultFrom: 'DoNotReply <donotreply@help.example>',
        parseMail,
        prepareAcknowledgement: null,
        log: { warn: () => undefined },
      },
      sender as unknown as CommandSender,
    )
  }

  static async open(
    desk: ApiDesk,
    departmentId: string,
    address = 'it@desk.test',
  ): Promise<MailDesk> {
    const id = randomUUID()
    await desk.pool.query('INSERT INTO mailbox (id, address, department_id) VALUES ($1, $2, $3)', [
      id,
      address,
      departmentId,
    ])
    return new MailDesk(desk, id)
  }

  /**
   * One mail, from the wire to the ticket.
   * @returns the ticket's number.
   */
  async take(written: MailFields): Promise<number> {
    const raw = Buffer.from(rawMail(written))
    await this.#intake.take([
      {
        mailboxId: this.mailboxId,
        source: 'imap',
        folder: 'INBOX',
        uidValidity: 1n,
        uid: ++this.#uid,
        raw,
        size: raw.length,
        refusal: null,
        envelopeFrom: null,
        envelopeTo: [],
        internalDate: new Date(),
      },
    ])
    await this.#intake.routed()
    for (const { facts, name, command } of this.#queue.splice(0))
      await this.desk.workflows.execute(facts, name, command)
    const {
      rows: [row],
    } = await this.desk.pool.query<{ ticket_number: number }>(
      'SELECT ticket_number FROM mail WHERE uid = $1 AND mailbox_id = $2',
      [String(this.#uid), this.mailboxId],
    )
    return row!.ticket_number
  }
}
