import { type RawBuilder, sql } from 'kysely'
import type { Database } from '../../platform/postgres/database.ts'

/** A row of the projection: its table, its key as text, and its columns. */
export interface ProjectedRow {
  table: string
  key: string
  columns: Record<string, unknown>
}

export interface Difference {
  ticket: number
  table: string
  key: string
  /** Null: the whole row is missing, or should not be there. */
  column: string | null
  found: unknown
  expected: unknown
}

/**
 * Tables with a ticket's number that are no projection: the log itself, what is written before any
 * event, what was sent to people and what they chose to hear.
 */
export const notProjected: ReadonlySet<string> = new Set([
  'ticket_event',
  'mail',
  'message_reference',
  'participant',
  'approval_text',
  'notification',
  'ticket_notification_level',
  'ticket_job',
  'command_outcome',
  'kept_command',
  'returned_text',
  'stuck_ticket',
  'behind_ticket',
  'unwritten_command',
  'attachment',
  'asset_history',
  'asset_ending',
])
/**
 * Of claim-check rows only these columns follow from events; their texts are the truth themselves.
 */
export const projectedColumns: Record<string, string> = {
  message: 'id, event_no, state, state_detail',
  note: 'id, event_no',
  confirmation: 'id, event_no, state, ended_at, answered_from, reason',
  contact: 'email',
}

/** A table with rows of one ticket: a condition that finds them. */
export interface ProjectionTable {
  name: string
  where: (ticket: number) => RawBuilder<boolean>
}

/**
 * Every such table, also of areas that this file does not know: those with the ticket's number, and
 * those that hang on a row of one.
 */
export async function projectionTables(db: Database): Promise<ProjectionTable[]> {
  const { rows: numbered } = await sql<{
    name: string
    number: string
  }>`SELECT c.table_name AS name, c.column_name AS number FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
     WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE' AND (c.column_name = 'ticket_number' OR (c.table_name, c.column_name) IN (('ticket', 'number'), ('ticket_link', 'from_number')))
     ORDER BY c.table_name`.execute(db)
  const tables = numbered
    .filter(({ name }) => !notProjected.has(name))
    .map(({ name, number }): ProjectionTable => ({
      name,
      where: (ticket) => sql`${sql.id(number)} = ${ticket}`,
    }))
  tables.push({
    name: 'contact',
    where: (ticket) =>
      sql`email = (SELECT lower(requester_email) FROM ticket WHERE number = ${ticket})`,
  })
  const { rows: hanging } = await sql<{
    name: string
    parent: string
    own: string
    theirs: string
  }>`SELECT r.conrelid::regclass::text AS name, r.confrelid::regclass::text AS parent, own.attname AS own, theirs.attname AS theirs
     FROM pg_constraint r JOIN pg_attribute own ON own.attrelid = r.conrelid AND own.attnum = r.conkey[1] JOIN pg_attribute theirs ON theirs.attrelid = r.confrelid AND theirs.attnum = r.confkey[1]
     WHERE r.contype = 'f' AND cardinality(r.conkey) = 1 AND r.connamespace = current_schema()::regnamespace ORDER BY 1, own.attnum`.execute(
    db,
  )
  const known = new Set([...tables.map(({ name }) => name), ...notProjected])
  for (const { name, parent, own, theirs } of hanging) {
    const of = tables.find((table) => table.name === parent && table.name !== 'ticket')
    if (!of || known.has(name)) continue
    known.add(name)
    tables.push({
      name,
      where: (ticket) =>
        sql`${sql.id(own)} IN (SELECT ${sql.id(theirs)} FROM ${sql.table(parent)} WHERE ${of.where(ticket)})`,
    })
  }
  return tables
}

/** Everything the projection says about a ticket. */
export async function projectedRows(
  db: Database,
  tables: readonly ProjectionTable[],
  ticket: number,
): Promise<ProjectedRow[]> {
  const selects = tables.map(
    ({ name, where }) =>
      sql`SELECT ${sql.lit(name)} AS "table", to_jsonb(r) AS columns FROM (SELECT ${sql.raw(projectedColumns[name] ?? '*')} FROM ${sql.table(name)} WHERE ${where(ticket)}) AS r`,
  )
  const { rows } = await sql<{
    table: string
    columns: Record<string, unknown>
  }>`${sql.join(selects, sql` UNION ALL `)}`.execute(db)
  return rows.map(({ table, columns }) => ({ table, columns, key: keyOf(columns) }))
}

/** What is found, measured by what should be there. */
export function differences(
  ticket: number,
  found: readonly ProjectedRow[],
  expected: readonly ProjectedRow[],
): Difference[] {
  const byKey = (rows: readonly ProjectedRow[]): Map<string, ProjectedRow> =>
    new Map(rows.map((row) => [`${row.table} ${row.key}`, row]))
  const [before, after] = [byKey(found), byKey(expected)]
  const result: Difference[] = []
  for (const [id, row] of after) {
    const was = before.get(id)
    const at = { ticket, table: row.table, key: row.key }
    if (!was) result.push({ ...at, column: null, found: null, expected: row.columns })
    else
      for (const [column, value] of Object.entries(row.columns))
        if (!same(was.columns[column], value))
          result.push({ ...at, column, found: was.columns[column], expected: value })
  }
  for (const [id, row] of before)
    if (!after.has(id))
      result.push({
        ticket,
        table: row.table,
        key: row.key,
        column: null,
        found: row.columns,
        expected: null,
      })
  return result
}

/** Ids tell rows apart where there are some; elsewhere the whole row is its own key. */
function keyOf(columns: Record<string, unknown>): string {
  const id = columns['id'] ?? columns['number']
  return id === undefined
    ? Object.values(columns)
        .map((value) => JSON.stringify(value))
        .join(' ')
    : String(id)
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)
