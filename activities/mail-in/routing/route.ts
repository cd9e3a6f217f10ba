import { cut } from '../../../domain/cut.ts'
import { type Explanation, sentenceOf, technically } from '../../../domain/explanation.ts'
import { MailUnreadableError } from '../mime/parse.ts'
import { setImmediate } from 'node:timers/promises'
import { sql } from 'kysely'
import { isDataError } from '../../../platform/postgres/data-error.ts'
import { anyOf } from '../../../platform/postgres/any-of.ts'
import type { Database } from '../../../platform/postgres/database.ts'
import { runPrepared } from '../../../platform/postgres/run-prepared.ts'
import { takeLock } from '../../../platform/postgres/advisory-locks.ts'
import type { ParsedMail } from '../../../domain/mail-in/parsed-mail.ts'
import type { BlobStore } from '../../../platform/postgres/blobs.ts'
import { type AcknowledgementDependencies, writeAcknowledgement } from './acknowledgement.ts'
import { readAddressBook } from './address-book.ts'
import { quarantine, type StoredMail, threadOfStored, withSource } from '../ledger/store.ts'
import { unsettledOf } from '../ledger/unsettled.ts'
import { inReplyOrder } from '../../../domain/mail-in/reply-order.ts'
import { decideMail, type MailDecision } from '../../../domain/mail-in/routing/decision.ts'
import { remember } from '../../../domain/mail-in/routing/remember.ts'
import { readFacts } from './facts.ts'
import type { RoutingCandidate } from '../../../domain/mail-in/routing/candidate.ts'
import { candidateOf } from './candidates.ts'
import type { RoutedCommand } from '../../../domain/mail-in/routing/routed-command.ts'
import { commandOf, type RoutedMail, routedMail } from './routed-mail.ts'
import { endMails, type KeptAttachment, writeMessages } from './write.ts'

export interface RoutingDependencies extends AcknowledgementDependencies {
  db: Database
  blobs: BlobStore
  parseMail: (raw: Uint8Array, options: { envelopeFrom?: string }) => Promise<ParsedMail>
  log: { warn: (facts: object, text: string) => void }
}

/** Of mails that are routed with a batch because they are of its threads; their bytes. */
const MOST_OF_THREADS = 100
const MOST_BYTES = 48_000_000

interface ParsedStored {
  candidate: RoutingCandidate
  attachments: KeptAttachment[]
}

/** What a batch has come to. */
export interface Routed {
  /**
   * What was routed to the same tickets before, by whichever process, and may not have reached
   * Temporal: whoever sends `commands` sends these first, or an answer overtakes its question.
   */
  earlier: RoutedCommand[]
  /**
   * To be sent in their order. They are in the ledger and will be sent sooner or later, whoever dies.
   */
  commands: RoutedCommand[]
}

/**
 * Gives stored mails their tickets: parsed outside, decided inside one transaction under a lock
 * that all processes share, so that two mails of one thread never race. What waits of the same
 * threads in other hands is routed with them, in the order in which it was received. A mail that
 * breaks the parser or the router ends in quarantine and the others go on. Safe to run twice and in
 * two processes at once: a mail somebody else has routed meanwhile is left alone.
 * @param mails some tens.
 * @throws when the database cannot be reached; nothing is lost, the mails stay stored.
 */
export async function routeMails(
  deps: RoutingDependencies,
  mails: readonly StoredMail[],
): Promise<Routed> {
  const parsed = inReplyOrder(
    await parseAll(deps, await withTheirThreads(deps, mails)),
    ({ candidate }) => ({ internetId: candidate.mail.internetId, answered: candidate.answered }),
  )
  if (parsed.length === 0) return { earlier: [], commands: [] }
  try {
    return await routeParsed(deps, parsed)
  } catch (error) {
    if (!isDataError(error)) throw error
    return routeOneByOne(deps, parsed)
  }
}

/** @returns the mails with those that wait of their threads, in the order in which they came. */
async function withTheirThreads(
  { db, blobs }: RoutingDependencies,
  mails: readonly StoredMail[],
): Promise<StoredMail[]> {
  const all = new Map(mails.map((mail) => [mail.row.id, mail]))
  const most = all.size + MOST_OF_THREADS
  while (all.size < most) {
    const rows = await threadOfStored(db, [...all.keys()], most - all.size)
    if (rows.length === 0) break
    const bytes = rows.reduce((sum, { size }) => sum + size, 0)
    for (const row of rows) {
      // One without its source ends here, in quarantine.
      for (const mail of await withSource(db, blobs, row)) all.set(row.id, mail)
    }
    if (bytes > MOST_BYTES) break
  }
  return [...all.values()].sort((a, b) => (a.row.id < b.row.id ? -1 : 1))
}

async function parseAll(
  deps: RoutingDependencies,
  mails: readonly StoredMail[],
): Promise<ParsedStored[]> {
  const broken = new Map<string, Explanation>()
  const candidates: RoutingCandidate[] = []
  for (const { row, raw } of mails) {
    // Parsing is work of the processor alone: between two mails the process looks at its sockets
    // and heartbeats.
    await setImmediate()
    try {
      candidates.push(
        candidateOf(
          row,
          await deps.parseMail(
            raw,
            row.envelopeFrom === null ? {} : { envelopeFrom: row.envelopeFrom },
          ),
          deps.secretKeys,
        ),
      )
    } catch (error) {
      broken.set(row.id, unreadable(error))
    }
  }
  await quarantine(deps.db, broken)
  // A delivery report's parts are looked at in its raw source; they are no attachments of a
  // conversation.
  const kept = candidates.flatMap(({ mail }) => (mail.report ? [] : mail.attachments))
  const hashes = kept.length > 0 ? await deps.blobs.putAll(kept.map((a) => a.content)) : []
  let next = 0
  return candidates.map((candidate) => ({
    candidate,
    attachments: candidate.mail.report
      ? []
      : candidate.mail.attachments.map(({ content, ...a }): KeptAttachment => ({
          ...a,
          size: content.length,
          blobSha256: hashes[next++]!,
        })),
  }))
}

/**
 * One mail of the batch holds something the database or a rule breaks on: each alone, then without
 * an acknowledgement, so that only the mail that is at fault ends in quarantine.
 */
async function routeOneByOne(
  deps: RoutingDependencies,
  parsed: readonly ParsedStored[],
): Promise<Routed> {
  const routed: Routed = { earlier: [], commands: [] }
  for (const one of parsed) {
    const failed =
      (await attempt(deps, one, routed)) &&
      (await attempt({ ...deps, prepareAcknowledgement: null }, one, routed))
    if (failed) {
      deps.log.warn(
        { mailId: one.candidate.row.id, error: textOf(failed) },
        'mail put into quarantine: it cannot be routed',
      )
      await quarantine(
        deps.db,
        new Map([
          [one.candidate.row.id, [sentenceOf('mail-not-routed'), ...technically(textOf(failed))]],
        ]),
      )
    }
  }
  return routed
}

/** @returns what the mail broke, null when it was routed. */
async function attempt(
  deps: RoutingDependencies,
  one: ParsedStored,
  routed: Routed,
): Promise<Error | null> {
  try {
    const { earlier, commands } = await routeParsed(deps, [one])
    routed.earlier.push(...earlier)
    routed.commands.push(...commands)
    return null
  } catch (error) {
    if (!isDataError(error)) throw error
    return error
  }
}

async function routeParsed(
  deps: RoutingDependencies,
  parsed: readonly ParsedStored[],
): Promise<Routed> {
  return deps.db.transaction().execute(async (transaction) => {
    await takeLock(transaction, 'mailRouting')
    const stored = await runPrepared(
      transaction,
      transaction
        .selectFrom('mail')
        .select(['id', sql<Date>`clock_timestamp()`.as('now')])
        .where(
          'id',
          '=',
          anyOf(
            parsed.map((p) => p.candidate.row.id),
            'uuid',
          ),
        )
        .where('state', '=', 'stored'),
    )
    const waiting = new Set(stored.map((r) => r.id))
    const ours = parsed.filter((p) => waiting.has(p.candidate.row.id))
    if (ours.length === 0) return { earlier: [], commands: [] }
    const commands = await decideAndWrite(deps, transaction, ours, stored[0]!.now)
    const joined = commands.filter(({ facts }) => facts.resume)
    const unsettled = await unsettledOf(
      transaction,
      joined.map(({ facts }) => facts.number),
    )
    const now = new Set(commands.map(({ command }) => command.id))
    return { earlier: unsettled.filter(({ command }) => !now.has(command.id)), commands }
  })
}

/** @param begun by the database's clock: those of two machines may differ. */
async function decideAndWrite(
  deps: RoutingDependencies,
  db: Database,
  parsed: readonly ParsedStored[],
  begun: Date,
): Promise<RoutedCommand[]> {
  const book = await readAddressBook(db, deps.defaultFrom)
  const facts = await readFacts(
    db,
    parsed.map((p) => p.candidate),
  )
  const routed: RoutedMail[] = []
  for (const [i, { candidate }] of parsed.entries()) {
    // A millisecond apart, so that the messages of one ticket keep the order in which they came.
    const now = begun.getTime() + i
    const decision = decideMail(candidate, facts, book, now)
    const ticketNumber = await ticketOf(db, decision)
    remember(facts, candidate, decision, ticketNumber)
    routed.push(routedMail(candidate, decision, ticketNumber, now))
  }
  await writeMessages(db, routed, new Map(parsed.map((p) => [p.candidate.row.id, p.attachments])))
  const commanded = []
  for (const mail of routed) {
    const acknowledgement = await writeAcknowledgement(deps, db, mail)
    commanded.push({ ...mail, command: commandOf(mail, acknowledgement) })
  }
  await endMails(db, commanded, book)
  return commanded.flatMap(({ command }) => command ?? [])
}

/** @returns the number of the mail's ticket: a new one for a mail that opens one. */
async function ticketOf(db: Database, decision: MailDecision): Promise<number | null> {
  if (decision.kind !== 'open') return decision.ticketNumber ?? null
  const { number } = await db
    .selectNoFrom(sql<number>`nextval('ticket_number')::integer`.as('number'))
    .executeTakeFirstOrThrow()
  return number
}

const textOf = (error: unknown): string =>
  cut(error instanceof Error ? error.message : String(error), 1000)

const unreadable = (error: unknown): Explanation =>
  error instanceof MailUnreadableError
    ? error.explanation
    : [sentenceOf('mail-unreadable'), ...technically(textOf(error))]
