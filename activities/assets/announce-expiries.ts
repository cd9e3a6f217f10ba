import type pg from 'pg'
import type { CommandPayload } from '../../domain/commands.ts'
import { warrantyWatch, type WarrantyWatch } from '../../domain/assets/contract.ts'
import type { LocationRef } from '../../domain/locations/vocabulary.ts'
import type { DocumentKind } from '../../domain/assets/vocabulary.ts'
import type { Language } from '../../languages/language.ts'
import { type Ending, endingText } from './ending-text.ts'
import { preview } from '../../domain/mail-out/body.ts'
import { SYSTEM } from '../../domain/vocabulary.ts'
import { writtenAddress } from '../../domain/mail-in/addresses.ts'
import type { ExecuteCommand } from '../../application/tickets/ticket-commands.ts'
import { CommandRejectedError } from '../../application/tickets/command-answers.ts'
import type { StartFacts } from '../../application/tickets/ticket-workflow.ts'
import { timeOrderedId } from '../../platform/postgres/time-ordered-id.ts'
import type { AnnouncedEndings } from '../../workflows/schedules/activities.ts'

/** More in one day is a mistake of an import; the next day goes on. */
const MOST_A_DAY = 200

export interface AnnouncingDependencies {
  pool: pg.Pool
  /** As whom Guichet writes when the department has no sender. */
  defaultFrom: string
  /** The way of every command to its ticket. */
  execute: ExecuteCommand
}

interface DueEnding extends Ending {
  subjectId: string
  assetName: string | null
  documentKind: DocumentKind | null
  location: LocationRef | null
  ticketNumber: number
  messageId: string
}

const DUE = `
  SELECT a.id AS subject_id, a.warranty_ends AS ends_on FROM asset a
    WHERE a.removed_at IS NULL AND a.status NOT IN ('retired', 'lost') AND a.warranty_ends BETWEEN current_date AND current_date + $1::int
  UNION ALL
  SELECT d.id, d.ends_on FROM document d
    WHERE d.removed_at IS NULL AND d.kind IN ('licence', 'warranty', 'contract') AND d.ends_on BETWEEN current_date AND current_date + $1::int`

/**
 * Opens a ticket for every warranty, licence and contract that ends soon, once for each thing and
 * date. A ticket gets its number first, and is opened by a command whose id is its own, so that a
 * run that broke off, or a second one beside it, makes no second ticket.
 */
export async function announceEndings(deps: AnnouncingDependencies): Promise<AnnouncedEndings> {
  const settings = await watchSettings(deps.pool)
  const { departmentId } = settings
  if (departmentId === null) return { tickets: [] }
  const {
    rows: [department],
  } = await deps.pool.query<{ id: string; name: string; sender: string | null }>(
    'SELECT d.id, d.name, s."from" AS sender FROM department d LEFT JOIN sender s ON s.department_id = d.id WHERE d.id = $1',
    [departmentId],
  )
  if (!department) return { tickets: [] }
  const {
    rows: [count],
  } = await deps.pool.query<{ due: number }>(`SELECT count(*)::int AS due FROM (${DUE}) due`, [
    settings.days,
  ])
  const messageIds = Array.from({ length: Math.min(count?.due ?? 0, MOST_A_DAY) }, () =>
    timeOrderedId(),
  )
  await deps.pool.query(
    `INSERT INTO asset_ending (subject_id, ends_on, ticket_number, message_id)
     SELECT n.subject_id, n.ends_on, nextval('ticket_number')::int, ($2::uuid[])[n.at]
     FROM (SELECT due.*, row_number() OVER (ORDER BY due.ends_on, due.subject_id) AS at FROM (${DUE}) due
           WHERE NOT EXISTS (SELECT 1 FROM asset_ending e WHERE e.subject_id = due.subject_id AND e.ends_on = due.ends_on)) n
     WHERE n.at <= cardinality($2::uuid[]) ON CONFLICT DO NOTHING`,
    [settings.days, messageIds],
  )
  const tickets: number[] = []
  for (const ending of await unopened(deps.pool)) {
    await openFor(
      deps,
      ending,
      { id: department.id, name: department.name },
      { email: writtenAddress(department.sender ?? deps.defaultFrom).address, name: 'Guichet' },
      settings.language,
    )
    await deps.pool.query(
      'UPDATE asset_ending SET opened_at = now() WHERE subject_id = $1 AND ends_on = $2',
      [ending.subjectId, ending.endsOn],
    )
    tickets.push(ending.ticketNumber)
  }
  return { tickets }
}

async function watchSettings(pool: pg.Pool): Promise<WarrantyWatch> {
  const {
    rows: [row],
  } = await pool.query<{ value: unknown }>(`SELECT value FROM setting WHERE key = 'warrantyWatch'`)
  return warrantyWatch.parse(row?.value ?? {})
}

const unopened = async (pool: pg.Pool): Promise<DueEnding[]> =>
  (
    await pool.query<DueEnding>(
      `SELECT e.subject_id AS "subjectId", e.ends_on::text AS "endsOn", e.ticket_number AS "ticketNumber", e.message_id AS "messageId",
     CASE WHEN a.id IS NOT NULL THEN 'asset' ELSE d.kind END AS what, coalesce(a.name, d.title) AS name, coalesce(a.serial, '') AS serial, coalesce(a.supplier, d.supplier) AS supplier,
     d.seats, a.name AS "assetName", d.kind AS "documentKind",
     CASE WHEN coalesce(a.location_id, d.location_id) IS NULL THEN NULL ELSE jsonb_build_object('id', coalesce(a.location_id, d.location_id), 'name', location_path(coalesce(a.location_id, d.location_id))) END AS location
   FROM asset_ending e LEFT JOIN asset a ON a.id = e.subject_id LEFT JOIN document d ON d.id = e.subject_id
   WHERE e.opened_at IS NULL ORDER BY e.ticket_number`,
    )
  ).rows

async function openFor(
  { pool, execute }: AnnouncingDependencies,
  ending: DueEnding,
  department: { id: string; name: string },
  requester: { email: string; name: string },
  language: Language,
): Promise<void> {
  const { ticketNumber: number, messageId, location, subjectId } = ending
  const { subject, text } = endingText(ending, language)
  await pool.query(
    `INSERT INTO message (id, ticket_number, direction, state, automatic, from_address, from_name, subject, text, text_visible, date)
     VALUES ($1, $2, 'inbound', 'received', true, $3, $4, $5, $6, $6, now()) ON CONFLICT (id) DO NOTHING`,
    [messageId, number, requester.email, requester.name, subject, text],
  )
  const message = {
    messageId,
    from: requester,
    preview: preview(text),
    hasAttachments: false,
    automatic: true,
    stranger: false,
  }
  const opening: CommandPayload<'openTicket'> = {
    subject,
    requester,
    department,
    priority: 'normal',
    channel: 'api',
    ...(location ? { location } : {}),
    message,
  }
  const facts: StartFacts = {
    number,
    resume: false,
    subject,
    department: department.name,
    priority: 'normal',
    requesterEmail: requester.email,
  }
  const key = `ending-${subjectId}-${ending.endsOn}`
  // An earlier run, or another beside this one, may have opened it.
  await execute(facts, 'openTicket', { id: key, actor: SYSTEM, payload: opening }).catch(
    (error: unknown) => {
      if (!(error instanceof CommandRejectedError && error.code === 'ticket-already-opened'))
        throw error
    },
  )
  const linking = { number, resume: true }
  if (ending.assetName !== null)
    await execute(linking, 'linkAsset', {
      id: `${key}-link`,
      actor: SYSTEM,
      payload: { asset: { id: subjectId, name: ending.assetName } },
    })
  else if (ending.documentKind)
    await execute(linking, 'linkDocument', {
      id: `${key}-link`,
      actor: SYSTEM,
      payload: { document: { id: subjectId, title: ending.name, kind: ending.documentKind } },
    })
}
