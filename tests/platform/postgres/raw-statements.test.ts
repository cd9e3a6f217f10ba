import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { z } from 'zod'
import { openDatabase, type OpenDatabase } from '../../../platform/postgres/database.ts'
import type { RawStatement } from '../../../platform/postgres/raw-statement.ts'
import { type FreshDatabase, freshDatabase } from '../../harness/database.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))
/** Where there are any, and how a file of them is loaded, by its place in the folder. */
const folders: Record<string, (name: string) => Promise<unknown>> = {
  activities: (name) => import(`../../../activities/${name}.statement.ts`),
  api: (name) => import(`../../../api/${name}.statement.ts`),
  application: (name) => import(`../../../application/${name}.statement.ts`),
}
const ENDING = '.statement.ts'
const files = Object.entries(folders).flatMap(([folder, load]) =>
  fs
    .readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ENDING))
    .map((file) => ({
      file: path.join(folder, file),
      load: () => load(file.slice(0, -ENDING.length)) as Promise<Record<string, unknown>>,
    })),
)

/** As PostgreSQL describes it. */
interface Column {
  name: string
  dataTypeID: number
}

/** Types of PostgreSQL that the driver reads as each of these. */
const { builtins } = pg.types
const readAs: Record<string, readonly number[]> = {
  string: [
    builtins.TEXT,
    builtins.VARCHAR,
    builtins.UUID,
    builtins.INT8,
    builtins.NUMERIC,
    2278, // void, which is empty
  ],
  number: [builtins.INT2, builtins.INT4, builtins.FLOAT4, builtins.FLOAT8],
  boolean: [builtins.BOOL],
  date: [builtins.TIMESTAMPTZ, builtins.DATE],
  array: [1009, 2951, 1007, builtins.JSON, builtins.JSONB], // text[], uuid[], int[]
}

describe('every raw statement', () => {
  let database: FreshDatabase
  let db: OpenDatabase
  let enums: Set<number>
  before(async () => {
    database = await freshDatabase()
    db = openDatabase(database.url, { connections: 1 })
    const { rows } = await db.pool.query<{ oid: number }>(
      `SELECT oid FROM pg_type WHERE typtype = 'e'`,
    )
    enums = new Set(rows.map((r) => r.oid))
  })
  after(async () => {
    await db?.close()
    await database?.drop()
  })

  for (const { file, load } of files) {
    it(`of ${file} gives the columns that it declares`, async () => {
      const statements = Object.values(await load()).filter(isStatement)
      assert.ok(statements.length > 0, 'the file exports no statement')
      for (const { name, text, row } of statements) {
        assert.ok(row instanceof z.ZodObject, `${name} declares no columns`)
        const columns = await describedColumns(db.pool, text)
        assert.deepEqual(
          columns.map((c) => c.name).sort(),
          Object.keys(row.shape).sort(),
          `columns of ${name}`,
        )
        for (const { name: column, dataTypeID: type } of columns) {
          const kind = kindOf(row.shape[column] as z.ZodType)
          const fits =
            kind === 'json'
              ? type === builtins.JSON || type === builtins.JSONB
              : (readAs[kind]?.includes(type) ?? false) || (kind === 'string' && enums.has(type))
          assert.ok(fits, `${name}: ${column} is declared ${kind}, PostgreSQL says type ${type}`)
        }
      }
    })
  }

  it('has a name of its own', async () => {
    const names: string[] = []
    for (const { load } of files)
      for (const exported of Object.values(await load()))
        if (isStatement(exported)) names.push(exported.name)
    assert.equal(new Set(names).size, names.length)
  })
})

const isStatement = (value: unknown): value is RawStatement<unknown> =>
  typeof value === 'object' && value !== null && 'text' in value && 'row' in value

/** What the driver makes of a column, as its declaration has it. */
function kindOf(type: z.ZodType): string {
  if (type instanceof z.ZodNullable || type instanceof z.ZodOptional)
    return kindOf(type.unwrap() as z.ZodType)
  if (type instanceof z.ZodEnum || type instanceof z.ZodLiteral || type instanceof z.ZodString)
    return 'string'
  const kind = type.def.type
  return kind in readAs ? kind : 'json'
}

/** Has PostgreSQL read a statement and say what it would give, without running it. */
class Description {
  private columns: readonly Column[] = []
  private settle!: (columns: readonly Column[]) => void
  private refuse!: (error: Error) => void
  readonly given = new Promise<readonly Column[]>((resolve, reject) => {
    this.settle = resolve
    this.refuse = reject
  })

  constructor(private readonly text: string) {}

  submit(connection: pg.Connection): void {
    connection.parse({ name: '', text: this.text, types: [] }, true)
    connection.describe({ type: 'S', name: '' }, true)
    connection.sync()
  }
  handleRowDescription({ fields }: { fields: readonly Column[] }): void {
    this.columns = fields
  }
  handleError(error: Error): void {
    this.refuse(error)
  }
  handleReadyForQuery(): void {
    this.settle(this.columns)
  }
}

async function describedColumns(pool: pg.Pool, text: string): Promise<readonly Column[]> {
  const client = await pool.connect()
  try {
    const description = new Description(text)
    client.query(description)
    return await description.given
  } finally {
    client.release()
  }
}
