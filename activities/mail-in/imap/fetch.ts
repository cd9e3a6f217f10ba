import type { ImapFlow } from 'imapflow'
import { type Sentence, sentenceOf } from '../../../domain/explanation.ts'
import { type IncomingMail, LARGEST_MAIL, tooLarge } from '../ledger/store.ts'

/** A mail on the server before its source is fetched. */
export interface MailOnServer {
  uid: number
  /** Bytes. */
  size: number
  internalDate: Date | null
}

/** Of one fetch; a larger mail is fetched alone. */
const BATCH_MAILS = 50
const BATCH_BYTES = 8_000_000

/**
 * What lies in the open folder above a UID: one command, also to find out whether there is
 * anything.
 * @returns in the order of their UIDs.
 */
export async function mailsAfter(client: ImapFlow, lastUid: bigint): Promise<MailOnServer[]> {
  // `n:*` names the last mail even when its UID is below n (RFC 3501 section 6.4.8).
  return (await listed(client, `${lastUid + 1n}:*`)).filter((mail) => BigInt(mail.uid) > lastUid)
}

/** @param uids a sequence set of UIDs. */
export async function listed(client: ImapFlow, uids: string): Promise<MailOnServer[]> {
  const found: MailOnServer[] = []
  if (client.mailbox && client.mailbox.exists === 0) {
    // An empty folder has no `*`; the command is still sent, because its answer brings news and
    // shows that the server is alive.
    await client.noop()
    if (client.mailbox.exists === 0) return found
  }
  for await (const message of client.fetch(
    uids,
    { uid: true, size: true, internalDate: true },
    { uid: true },
  )) {
    const date = message.internalDate === undefined ? null : new Date(message.internalDate)
    found.push({
      uid: message.uid,
      size: message.size ?? 0,
      internalDate: date && !Number.isNaN(date.getTime()) ? date : null,
    })
  }
  return found.sort((a, b) => a.uid - b.uid)
}

/**
 * Fetches mails with BODY.PEEK, which marks nothing as seen, in batches that a small process can
 * hold.
 * @param mails in the order of their UIDs. A mail deleted meanwhile is left out; one that the
 *   server cannot read or that is too large comes with a refusal.
 */
export async function* fetchInBatches(
  client: ImapFlow,
  mails: readonly MailOnServer[],
  origin: { mailboxId: string; folder: string; uidValidity: bigint },
): AsyncGenerator<{ mails: IncomingMail[]; lastUid: bigint }> {
  for (let from = 0; from < mails.length;) {
    let until = from
    for (
      let size = 0;
      until < mails.length &&
      until - from < BATCH_MAILS &&
      (until === from || size + mails[until]!.size <= BATCH_BYTES);
      until++
    )
      size += mails[until]!.size
    const batch = mails.slice(from, until)
    const fetched = await fetchBatch(client, batch)
    yield {
      lastUid: BigInt(batch.at(-1)!.uid),
      mails: fetched.map(({ mail, raw, refusal }): IncomingMail => ({
        ...origin,
        source: 'imap',
        uid: BigInt(mail.uid),
        raw,
        size: refusal ? mail.size : raw.length,
        refusal,
        envelopeFrom: null,
        envelopeTo: [],
        internalDate: mail.internalDate,
      })),
    }
    from = until
  }
}

interface Fetched {
  mail: MailOnServer
  raw: Uint8Array
  refusal: Sentence[] | null
}

async function fetchBatch(client: ImapFlow, batch: readonly MailOnServer[]): Promise<Fetched[]> {
  if (batch.length === 1 && batch[0]!.size > LARGEST_MAIL) return header(client, batch[0]!)
  try {
    const sources = new Map<number, Buffer>()
    for await (const message of client.fetch(
      batch.map((m) => m.uid).join(','),
      { uid: true, source: true },
      { uid: true },
    )) {
      if (message.source) sources.set(message.uid, message.source)
    }
    return batch.flatMap((mail) => {
      const raw = sources.get(mail.uid)
      return raw ? [{ mail, raw, refusal: null }] : []
    })
  } catch (error) {
    const { responseStatus } = error as { responseStatus?: string }
    if (responseStatus !== 'NO' && responseStatus !== 'BAD') throw error
    // The server cannot read one of them, as with a damaged mail store: each alone, so that only
    // that one is set aside.
    if (batch.length === 1)
      return [
        {
          mail: batch[0]!,
          raw: new Uint8Array(),
          refusal: [sentenceOf('mail-not-handed-over', { uid: batch[0]!.uid })],
        },
      ]
    const single: Fetched[] = []
    for (const mail of batch) single.push(...(await fetchBatch(client, [mail])))
    return single
  }
}

async function header(client: ImapFlow, mail: MailOnServer): Promise<Fetched[]> {
  const message = await client.fetchOne(
    String(mail.uid),
    { uid: true, headers: true },
    { uid: true },
  )
  return message
    ? [{ mail, raw: message.headers ?? new Uint8Array(), refusal: tooLarge(mail.size) }]
    : []
}
