import type pg from 'pg'
import type { PurchaseFilter } from '../../domain/purchases/contract.ts'
import { visibleDepartments } from '../../domain/permissions.ts'
import { locationLimit } from '../access/location-limit.ts'
import { LISTED, LISTED_FROM, type ListedRow } from './purchase-view.ts'
import type { SignedInUser } from '../access/sessions.ts'

type Db = Pick<pg.Pool, 'query'>

/** A WHERE clause over LISTED_FROM with its parameters. */
export interface PurchaseCondition {
  where: string
  params: unknown[]
}

/** What is asked for, within what the person may see. Every word has to be found. */
export function purchaseCondition(
  user: SignedInUser,
  { state, department, q = '' }: PurchaseFilter,
): PurchaseCondition {
  const params: unknown[] = []
  const bound = (value: unknown): string => `$${params.push(value)}`
  const wheres = [locationLimit(user)]
  const departments = visibleDepartments(user)
  if (departments) wheres.push(`t.department_id = ANY(${bound(departments)}::uuid[])`)
  if (state) wheres.push(`p.state = ${bound(state)}`)
  if (department) wheres.push(`t.department_id = ${bound(department)}::uuid`)
  for (const word of q.split(/\s+/).filter(Boolean).slice(0, 10)) {
    const found = `position(lower(${bound(word)}) IN p.words) > 0`
    const number = /^#?(\d{1,9})$/.exec(word)?.[1]
    wheres.push(
      number === undefined ? found : `(p.ticket_number = ${bound(Number(number))} OR ${found})`,
    )
  }
  return { where: wheres.join(' AND '), params }
}

/**
 * Newest first.
 * @param after the last one of the page before: its time and id.
 */
export async function purchaseRows(
  db: Db,
  { where, params }: PurchaseCondition,
  after: readonly [string, string] | null,
  limit: number,
): Promise<ListedRow[]> {
  const from = params.length
  const { rows } = await db.query<ListedRow>(
    `${LISTED} ${LISTED_FROM} WHERE ${where} AND ($${from + 1}::timestamptz IS NULL OR (p.created_at, p.id) < ($${from + 1}, $${from + 2}::uuid)) ORDER BY p.created_at DESC, p.id DESC LIMIT $${from + 3}`,
    [...params, after?.[0] ?? null, after?.[1] ?? null, limit],
  )
  return rows
}

/** How many there are, and their exact sum in each currency. */
export async function purchaseTotals(
  db: Db,
  { where, params }: PurchaseCondition,
): Promise<{ total: number; totals: { currency: string; amount: string }[] }> {
  const {
    rows: [found],
  } = await db.query<{ total: number; totals: { currency: string; amount: string }[] }>(
    `WITH found AS (SELECT p.totals ${LISTED_FROM} WHERE ${where}),
       sums AS (SELECT x->>'currency' AS currency, sum((x->>'amount')::numeric) AS amount FROM found, jsonb_array_elements(found.totals) AS x GROUP BY 1)
     SELECT (SELECT count(*)::int FROM found) AS total, (SELECT coalesce(jsonb_agg(jsonb_build_object('currency', currency, 'amount', amount::text) ORDER BY currency), '[]') FROM sums) AS totals`,
    params,
  )
  return found ?? { total: 0, totals: [] }
}
