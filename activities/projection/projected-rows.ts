import type pg from 'pg'

type Db = Pick<pg.ClientBase, 'query'>

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

/** Tables with a ticket's number that are no projection: the log itself, what is written before any event, and what was sent to people. */
const notProjected = new Set(['ticket_event', 'mail', 'message_reference', 'participant', 'notice'])
/** Of claim-check rows only these columns follow from events; their texts are the truth themselves. */
const projectedColumns: Record<string, string> = { message: 'id, event_no, state, state_detail', note: 'id, event_no' }

/** Tables that hold rows of one ticket, with the column that names it: also those of areas that this file does not know. */
export async function projectionTables(db: Db): Promise<{ name: string; number: string }[]> {
  const { rows } = await db.query<{ name: string; number: string }>(
    `SELECT c.table_name AS name, c.column_name AS number FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
     WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE' AND (c.column_name = 'ticket_number' OR (c.table_name, c.column_name) IN (('ticket', 'number'), ('ticket_link', 'from_number')))
     ORDER BY c.table_name`)
  return rows.filter(({ name }) => !notProjected.has(name))
}

/** Everything the projection says about a ticket. */
export async function projectedRows(db: Db, tables: readonly { name: string; number: string }[], ticket: number): Promise<ProjectedRow[]> {
  const selects = tables.map(({ name, number }) =>
    `SELECT '${name}' AS "table", to_jsonb(r) AS columns FROM (SELECT ${projectedColumns[name] ?? '*'} FROM "${name}" WHERE "${number}" = $1) AS r`)
  const { rows } = await db.query<{ table: string; columns: Record<string, unknown> }>(selects.join(' UNION ALL '), [ticket])
  return rows.map(({ table, columns }) => ({ table, columns, key: keyOf(columns) }))
}

/** What is found, measured by what should be there. */
export function differences(ticket: number, found: readonly ProjectedRow[], expected: readonly ProjectedRow[]): Difference[] {
  const byKey = (rows: readonly ProjectedRow[]): Map<string, ProjectedRow> => new Map(rows.map((row) => [`${row.table} ${row.key}`, row]))
  const [before, after] = [byKey(found), byKey(expected)]
  const result: Difference[] = []
  for (const [id, row] of after) {
    const was = before.get(id)
    const at = { ticket, table: row.table, key: row.key }
    if (!was) result.push({ ...at, column: null, found: null, expected: row.columns })
    else for (const [column, value] of Object.entries(row.columns)) if (!same(was.columns[column], value)) result.push({ ...at, column, found: was.columns[column], expected: value })
  }
  for (const [id, row] of before) if (!after.has(id)) result.push({ ticket, table: row.table, key: row.key, column: null, found: row.columns, expected: null })
  return result
}

/** Ids tell rows apart where there are some; elsewhere the whole row is its own key. */
function keyOf(columns: Record<string, unknown>): string {
  const id = columns['id'] ?? columns['number']
  return id === undefined ? Object.values(columns).map((value) => JSON.stringify(value)).join(' ') : String(id)
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)
