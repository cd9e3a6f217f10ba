import type { ImapFlow } from 'imapflow'
import { type Explanation, sentenceOf, technically } from '../../../domain/explanation.ts'
import type { Database } from '../../../platform/postgres/database.ts'
import { closeImap, openImap, selectFolder, within } from '../../../platform/imap/connection.ts'
import { ImapFailure, imapFailure } from '../../../platform/imap/failure.ts'
import { UnsealError } from '../../../platform/secrets/sealed-secret.ts'
import type { SecretKeys } from '../../../platform/secrets/secret-keys.ts'
import { actOnServer, actionsPending } from './after-import.ts'
import { fetchInBatches, mailsAfter } from './fetch.ts'
import type { MailIntake } from '../ledger/intake.ts'
import { readMailbox, reportStatus, takeUpCursor, type WatchedMailbox } from './mailbox.ts'

/**
 * Longest time between two looks at the folder: with IDLE a precaution against servers that forget
 * to tell, without it the delay. Milliseconds.
 */
const LOOK_WITH_IDLE = 25_000
const LOOK_WITHOUT_IDLE = 8_000
/**
 * Longest wait for the answer to a look at a folder that has just been read to its end.
 * Milliseconds.
 */
const LOOK_ANSWER = 15_000
/**
 * How often settled mails are looked for that are to be flagged, moved or deleted. Milliseconds.
 */
const ACT_EVERY = 2_000

export interface WatchDependencies {
  db: Database
  intake: MailIntake
  secretKeys: SecretKeys
  log: { info: (facts: object, text: string) => void; warn: (facts: object, text: string) => void }
}

/**
 * How a watch ended: there is nothing to watch, it was told to stop, or the connection was lost
 * after it had worked.
 */
export type WatchEnd =
  { end: 'not-watched' } | { end: 'stopped' } | { end: 'lost'; reason: string; seconds: number }

/**
 * Watches one mailbox until its connection is lost: reads everything above the cursor, then waits
 * with IDLE (RFC 2177) and reads what comes. Two watches of one mailbox at a time do no harm, only
 * needless work.
 * @param signal ends the watch.
 * @param onProgress called after each batch, with mails stored so far.
 * @throws ImapFailure when the mailbox could not be opened; the mailbox's row says so in words.
 */
export async function watchMailbox(
  deps: WatchDependencies,
  mailboxId: string,
  signal: AbortSignal,
  onProgress: (stored: number) => void = () => undefined,
): Promise<WatchEnd> {
  let mailbox: WatchedMailbox | null
  try {
    mailbox = await readMailbox(deps.db, deps.secretKeys, mailboxId)
  } catch (error) {
    await failed(deps, mailboxId, error as Error)
    throw error
  }
  if (!mailbox) return { end: 'not-watched' }
  await reportStatus(deps.db, mailboxId, 'connecting')
  const session = await openSession(deps, mailbox, signal)
  if (!session) return { end: 'stopped' }

  const began = Date.now()
  // A server that says nothing must not delay the end of the watch.
  const hangUp = (): void => {
    session.client.close()
  }
  signal.addEventListener('abort', hangUp)
  const acting = actMeanwhile(deps, mailbox, session.uidValidity, signal)
  try {
    await readAndWait(deps, mailbox, session, signal, onProgress)
    return { end: 'stopped' }
  } catch (error) {
    if (signal.aborted) return { end: 'stopped' }
    if (!isConnection(error, session.client)) throw error
    // A command that is broken off only knows that; what broke the connection says why.
    const failure = imapFailure(session.trouble() ?? error, mailbox.account)
    await failed(deps, mailboxId, failure)
    return {
      end: 'lost',
      reason: failure.message,
      seconds: Math.round((Date.now() - began) / 1000),
    }
  } finally {
    acting.stop()
    signal.removeEventListener('abort', hangUp)
    session.client.close()
  }
}

interface Session {
  client: ImapFlow
  uidValidity: bigint
  updates: MailboxUpdates
  /** What the connection itself complained of. */
  trouble: () => Error | undefined
}

async function openSession(
  deps: WatchDependencies,
  mailbox: WatchedMailbox,
  signal: AbortSignal,
): Promise<Session | null> {
  let client: ImapFlow | undefined
  const abandon = (): void => client?.close()
  signal.addEventListener('abort', abandon)
  try {
    client = await openImap(mailbox.account, undefined, mailbox.keepRefreshToken)
    const updates = new MailboxUpdates(client, signal)
    let trouble: Error | undefined
    client.on('error', (error: Error) => {
      trouble ??= error
    })
    const { uidValidity } = await selectFolder(client, mailbox.account, true)
    return { client, uidValidity, updates, trouble: () => trouble }
  } catch (error) {
    client?.close()
    if (signal.aborted) return null
    await failed(deps, mailbox.id, error as Error)
    throw error
  } finally {
    signal.removeEventListener('abort', abandon)
  }
}

async function readAndWait(
  deps: WatchDependencies,
  mailbox: WatchedMailbox,
  { client, uidValidity, updates }: Session,
  signal: AbortSignal,
  onProgress: (stored: number) => void,
): Promise<void> {
  const origin = { mailboxId: mailbox.id, folder: mailbox.account.folder, uidValidity }
  let cursor = await takeUpCursor(deps.db, mailbox.id, mailbox.account.folder, uidValidity)
  await reportStatus(deps.db, mailbox.id, 'watching')
  deps.log.info(
    { mailbox: mailbox.address, folder: mailbox.account.folder, from: String(cursor + 1n) },
    'mailbox watched',
  )
  let stored = 0
  let shown = Date.now()
  const idles = client.capabilities.has('IDLE')
  for (let first = true; !signal.aborted; first = false) {
    updates.clear()
    const found = mailsAfter(client, cursor)
    for await (const batch of fetchInBatches(
      client,
      await (first ? found : within(LOOK_ANSWER, found)),
      origin,
    )) {
      if (signal.aborted) return
      stored += await deps.intake.take(batch.mails, {
        mailboxId: mailbox.id,
        uidValidity,
        lastUid: batch.lastUid,
      })
      cursor = batch.lastUid
      shown = Date.now()
      onProgress(stored)
      await deps.intake.room()
    }
    if (Date.now() - shown > LOOK_WITH_IDLE / 2) {
      await reportStatus(deps.db, mailbox.id, 'watching')
      shown = Date.now()
    }
    await updates.wait(idles ? LOOK_WITH_IDLE : LOOK_WITHOUT_IDLE, idles)
    if (!client.usable && !signal.aborted) throw lost(client)
  }
}

const lost = (client: ImapFlow): Error =>
  Object.assign(new Error(client.byeReason ?? ''), {
    code: 'NoConnection',
    responseText: client.byeReason,
  })

/**
 * Whatever an open connection throws is the connection's trouble; the database's errors are not.
 */
const isConnection = (error: unknown, client: ImapFlow): boolean =>
  error instanceof ImapFailure ||
  !client.usable ||
  (error as { responseStatus?: string }).responseStatus !== undefined ||
  (error as { code?: string }).code === 'ETIMEOUT'

async function failed(deps: WatchDependencies, mailboxId: string, error: Error): Promise<void> {
  deps.log.warn({ mailboxId, error: error.message }, 'mailbox not watched')
  await reportStatus(deps.db, mailboxId, 'failed', reasonOf(error)).catch(() => undefined)
}

const reasonOf = (error: Error): Explanation =>
  error instanceof ImapFailure || error instanceof UnsealError
    ? error.explanation
    : [sentenceOf('mailbox-watch-failed'), ...technically(error.message)]

/** The server's word that something has come. */
class MailboxUpdates {
  private come = false
  private wake = (): void => undefined

  constructor(
    private readonly client: ImapFlow,
    private readonly signal: AbortSignal,
  ) {
    const stir = (): void => {
      this.wake()
    }
    client.on('exists', ({ count, prevCount }) => {
      if (count <= prevCount) return
      this.come = true
      stir()
    })
    client.on('close', stir)
    signal.addEventListener('abort', stir)
    client.on('close', () => {
      signal.removeEventListener('abort', stir)
    })
  }

  /** To be called before looking: what comes during the look is an update again. */
  clear(): void {
    this.come = false
  }

  /**
   * Resolves at an update, at the end of the connection or the watch, or after so many milliseconds.
   * Leaves the connection to idle meanwhile.
   */
  async wait(ms: number, idles: boolean): Promise<void> {
    if (this.come || this.signal.aborted || !this.client.usable) return
    const stirred = new Promise<void>((resolve) => {
      this.wake = resolve
    })
    const timer = setTimeout(() => {
      this.wake()
    }, ms)
    // The next command ends IDLE. A server that refuses or ends IDLE by itself is only polled.
    if (idles) void this.client.idle().catch(() => undefined)
    await stirred
    clearTimeout(timer)
    this.wake = () => undefined
  }
}

/**
 * Flags, moves or deletes settled mails beside the watch, over a connection of its own that is
 * opened when there is something to do.
 */
function actMeanwhile(
  deps: WatchDependencies,
  mailbox: WatchedMailbox,
  uidValidity: bigint,
  signal: AbortSignal,
): { stop: () => void } {
  if (mailbox.afterImport === 'keep') return { stop: () => undefined }
  let stopped = false
  let timer: NodeJS.Timeout
  const pass = async (): Promise<void> => {
    try {
      const pending = await actionsPending(deps.db, mailbox, uidValidity)
      if (pending.length > 0 && !stopped && !signal.aborted)
        await withReadWrite(mailbox, uidValidity, (client) =>
          actOnServer(deps.db, client, mailbox, pending),
        )
    } catch (error) {
      deps.log.warn(
        { mailbox: mailbox.address, error: error instanceof Error ? error.message : String(error) },
        'imported mails could not be marked on the server; trying again',
      )
    }
    if (!stopped && !signal.aborted) timer = setTimeout(() => void pass(), ACT_EVERY)
  }
  timer = setTimeout(() => void pass(), ACT_EVERY / 4)
  return {
    stop: () => {
      stopped = true
      clearTimeout(timer)
    },
  }
}

async function withReadWrite(
  mailbox: WatchedMailbox,
  uidValidity: bigint,
  work: (client: ImapFlow) => Promise<void>,
): Promise<void> {
  const client = await openImap(mailbox.account, undefined, mailbox.keepRefreshToken)
  try {
    const selected = await selectFolder(client, mailbox.account, false)
    // The UIDs mean other mails now; the watch finds out and reads anew.
    if (selected.uidValidity !== uidValidity) return
    await work(client)
  } finally {
    await closeImap(client)
  }
}
