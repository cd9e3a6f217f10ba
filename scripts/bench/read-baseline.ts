import { ImapFlow } from 'imapflow'
import { simpleParser } from 'mailparser'
import type { MailAccount } from './mail-server.ts'

/**
 * The limit that mail itself sets: the same mailbox fetched and parsed in one thread, with nothing
 * done to it.
 * @returns milliseconds from the connection to the last mail parsed, and how many there were.
 */
export async function readAndParse(account: MailAccount): Promise<{ ms: number; mails: number }> {
  const begun = performance.now()
  const client = await connect(account)
  try {
    const lock = await client.getMailboxLock('INBOX', { readOnly: true })
    let mails = 0
    for await (const { source } of client.fetch(
      '1:*',
      { uid: true, source: true },
      { uid: true },
    )) {
      if (!source) continue
      await simpleParser(source)
      mails++
    }
    lock.release()
    return { ms: performance.now() - begun, mails }
  } finally {
    await client.logout()
  }
}

/** A signed-in connection of the bench's own. */
export async function connect({ imap }: MailAccount): Promise<ImapFlow> {
  const client = new ImapFlow({
    host: imap.host,
    port: imap.port,
    secure: false,
    auth: { user: imap.user, pass: imap.password },
    logger: false,
  })
  await client.connect()
  return client
}
