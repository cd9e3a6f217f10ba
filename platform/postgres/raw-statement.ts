import type { z } from 'zod'

/**
 * A statement in SQL of its own, for the few that are run so often, or are so intricate, that a
 * query builder would hide what they do: docs/decisions/0013. Each stands in a file
 * `*.statement.ts` of its area, where tests/platform/postgres/raw-statements.test.ts finds it and
 * compares its result with `row`.
 */
export interface RawStatement<Row> {
  /** Connections prepare it under this name. */
  name: string
  text: string
  /** Its result's columns. Describes, is not run. */
  row: z.ZodType<Row>
}

const names = new Map<string, string>()

/** @param statement with a name and a text that no other has. */
export function rawStatement<Row>(statement: RawStatement<Row>): RawStatement<Row> {
  names.set(statement.text, statement.name)
  return statement
}

/** Has connections prepare a text that has no name yet. */
export function nameText(text: string, name: () => string): void {
  if (!names.has(text)) names.set(text, name())
}

/** @returns the name under which a statement is prepared. */
export const nameOf = (text: string): string | undefined => names.get(text)
