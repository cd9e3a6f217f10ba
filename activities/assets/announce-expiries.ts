import { sql } from 'kysely'
import type { CommandPayload } from '../../domain/commands.ts'
import { warrantyWatch, type WarrantyWatch } from '../../domain/assets/contract.ts'
import type { Language } from '../../languages/language.ts'
import { type Ending, endingText } from './ending-text.ts'
import { preview } from '../../domain/mail-out/body.ts'
import { SYSTEM } from '../../domain/vocabulary.ts'
import { writtenAddress } from '../../domain/mail-in/addresses.ts'
import type { ExecuteCommand } from '../../application/tickets/ticket-commands.ts'
import { CommandRejectedError } from '../../application/tickets/command-answers.ts'
import type { StartFacts } from '../../domain/ticket.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { timeOrderedId } from '../../platform/postgres/time-ordered-id.ts'
import type { AnnouncedEndings } from '../../workflows/schedules/activities.ts'

/** More in one day is a mistake of an import; the next day goes on. */
const MOST_A_DAY = 200

export interface AnnouncingDependencies {
  db: Database
  /** As whom Guichet writes when the department has no sender. */
  defaultFrom: string
  /** The way of every command to its ticket. */
  execute: ExecuteCommand
}

type DocumentEnding = Exclude<Ending['what'], 'asset'>

/** What ends within so many days. */
const endingWithin = (db: Database, days: number) => {
  const today = sql<Date>`current_date`
  const last = sql<Date>`current_date + ${days}::integer`
  return db
    .selectFrom('asset as a')
    .select(['a.id as subject_id', 'a.warranty_ends as ends_on'])
    .where('a.removed_at', 'is', null)
    .where('a.status', 'not in', ['retired', 'lost'])
    .where((eb) => eb.between('a.warranty_ends', today, last))
    .unionAll(
      db
        .selectFrom('document as d')
        .select(['d.id as subject_id', 'd.ends_on'])
        .where('d.removed_at', 'is', null)
        .where('d.kind', 'in', ['licence', 'warranty', 'contract'])
        .where((eb) => eb.between('d.ends_on', today, last)),
    )
}

/**
 * Opens a ticket for every warranty, licence and contract that ends soon, once for each thing and
 * date. A ticket gets its number first, and is opened by a command whose id is its own, so that a
 * run that broke off, or a second one beside it, makes no second ticket.
 */
export async function announceEndings(deps: AnnouncingDependencies): Promise<AnnouncedEndings> {
  const settings = await watchSettings(deps.db)
  const { departmentId } = settings
  if (departmentId === null) return { tickets: [] }
  const department = await deps.db
    .selectFrom('department as d')
    .leftJoin('sender as s', 's.department_id', 'd.id')
    .select(['d.id', 'd.name', 's.from as sender'])
    .where('d.id', '=', departmentId)
    .executeTakeFirst()
  if (!department) return { tickets: [] }
  await numberEndings(deps.db, settings.days)
  const tickets: number[] = []
  for (const ending of await unopened(deps.db)) {
    await openFor(
      deps,
      ending,
      { id: department.id, name: department.name },
      { email: writtenAddress(department.sender ?? deps.defaultFrom).address, name: 'Guichet' },
      settings.language,
    )
    await deps.db
      .updateTable('asset_ending')
      .set({ opened_at: sql<Date>`now()` })
      .where('subject_id', '=', ending.subjectId)
      .where('ends_on', '=', sql<Date>`${ending.endsOn}`)
      .execute()
    tickets.push(ending.ticketNumber)
  }
  return { tickets }
}

/** Gives whatever ends within so many days, and has none, the number of a ticket. */
async function numberEndings(db: Database, days: number): Promise<void> {
  const { due } = await db
    .selectFrom(endingWithin(db, days).as('due'))
    .select((eb) => eb.cast<number>(eb.fn.countAll(), 'integer').as('due'))
    .executeTakeFirstOrThrow()
  const messageIds = Array.from({ length: Math.min(due, MOST_A_DAY) }, () => timeOrderedId())
  const unnumbered = db
    .selectFrom(endingWithin(db, days).as('due'))
    .select((eb) => [
      'due.subject_id',
      'due.ends_on',
      eb.fn
        .agg<number>('row_number')
        .over((over) => over.orderBy('due.ends_on').orderBy('due.subject_id'))
        .as('at'),
    ])
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('asset_ending as e')
            .select('e.subject_id')
            .whereRef('e.subject_id', '=', 'due.subject_id')
            .whereRef('e.ends_on', '=', 'due.ends_on'),
        ),
      ),
    )
  await db
    .insertInto('asset_ending')
    .columns(['subject_id', 'ends_on', 'ticket_number', 'message_id'])
    .expression(
      db
        .selectFrom(unnumbered.as('n'))
        .select([
          'n.subject_id',
          'n.ends_on',
          sql<number>`nextval('ticket_number')::int`.as('ticket_number'),
          sql<string>`(${messageIds}::uuid[])[n.at]`.as('message_id'),
        ])
        .where('n.at', '<=', messageIds.length),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

async function watchSettings(db: Database): Promise<WarrantyWatch> {
  const setting = await db
    .selectFrom('setting')
    .select('value')
    .where('key', '=', 'warrantyWatch')
    .executeTakeFirst()
  return warrantyWatch.parse(setting?.value ?? {})
}

type DueEnding = Awaited<ReturnType<typeof unopened>>[number]

async function unopened(db: Database) {
  const rows = await db
    .selectFrom('asset_ending as e')
    .leftJoin('asset as a', 'a.id', 'e.subject_id')
    .leftJoin('document as d', 'd.id', 'e.subject_id')
    .select((eb) => [
      'e.subject_id as subjectId',
      eb.cast<string>('e.ends_on', 'text').as('endsOn'),
      'e.ticket_number as ticketNumber',
      'e.message_id as messageId',
      eb.fn.coalesce('a.name', 'd.title').as('name'),
      eb.fn.coalesce('a.serial', eb.val('')).as('serial'),
      eb.fn.coalesce('a.supplier', 'd.supplier').as('supplier'),
      'd.seats',
      'a.name as assetName',
      'd.kind as documentKind',
      eb.fn.coalesce('a.location_id', 'd.location_id').as('locationId'),
      eb
        .fn<string | null>('location_path', [eb.fn.coalesce('a.location_id', 'd.location_id')])
        .as('locationName'),
    ])
    .where('e.opened_at', 'is', null)
    .orderBy('e.ticket_number')
    // It is an asset's or a document's.
    .$narrowType<{ name: string; supplier: string; documentKind: DocumentEnding | null }>()
    .execute()
  return rows.map(({ locationId, locationName, ...ending }) => ({
    ...ending,
    what: ending.assetName === null ? ending.documentKind! : ('asset' as const),
    location: locationId === null ? null : { id: locationId, name: locationName ?? '' },
  }))
}

async function openFor(
  { db, execute }: AnnouncingDependencies,
  ending: DueEnding,
  department: { id: string; name: string },
  requester: { email: string; name: string },
  language: Language,
): Promise<void> {
  const { ticketNumber: number, messageId, location } = ending
  const { subject, text } = endingText(ending, language)
  await insertAnnouncement(db, ending, requester, { subject, text })
  const opening: CommandPayload<'openTicket'> = {
    subject,
    requester,
    department,
    priority: 'normal',
    channel: 'api',
    ...(location ? { location } : {}),
    message: {
      messageId,
      from: requester,
      preview: preview(text),
      hasAttachments: false,
      automatic: true,
      stranger: false,
    },
  }
  const facts: StartFacts = {
    number,
    resume: false,
    subject,
    department: department.name,
    priority: 'normal',
    requesterEmail: requester.email,
  }
  // An earlier run, or another beside this one, may have opened it.
  await execute(facts, 'openTicket', { id: keyOf(ending), actor: SYSTEM, payload: opening }).catch(
    (error: unknown) => {
      if (!(error instanceof CommandRejectedError && error.code === 'ticket-already-opened'))
        throw error
    },
  )
  await linkSubject(execute, ending)
}

const keyOf = ({ subjectId, endsOn }: DueEnding): string => `ending-${subjectId}-${endsOn}`

/** The first message of the ticket, visible with its event. */
async function insertAnnouncement(
  db: Database,
  { ticketNumber, messageId }: DueEnding,
  requester: { email: string; name: string },
  { subject, text }: { subject: string; text: string },
): Promise<void> {
  await db
    .insertInto('message')
    .values({
      id: messageId,
      ticket_number: ticketNumber,
      direction: 'inbound',
      state: 'received',
      automatic: true,
      from_address: requester.email,
      from_name: requester.name,
      subject,
      text,
      text_visible: text,
      date: sql<Date>`now()`,
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute()
}

/** Links the ticket to the asset or document that it is about. */
async function linkSubject(execute: ExecuteCommand, ending: DueEnding): Promise<void> {
  const { ticketNumber, subjectId: id, assetName, documentKind } = ending
  const facts = { number: ticketNumber, resume: true }
  const envelope = { id: `${keyOf(ending)}-link`, actor: SYSTEM }
  if (assetName !== null)
    await execute(facts, 'linkAsset', { ...envelope, payload: { asset: { id, name: assetName } } })
  else if (documentKind)
    await execute(facts, 'linkDocument', {
      ...envelope,
      payload: { document: { id, title: ending.name, kind: documentKind } },
    })
}
