import { z } from 'zod'
import { problemCode, valuesOfRefusal } from '../../domain/problem-codes.ts'
import { rawStatement } from '../../platform/postgres/raw-statement.ts'

/**
 * $1 tickets · $2 commands · $3 events that are refusals. The outcome counts more than the log, where a
 * refusal may have a line of its own.
 * @param outcomes which of them count.
 */
const answers = (outcomes: string): string => `
  SELECT a.number, a.id, coalesce(o.version, e.version) AS version,
    CASE WHEN o.command_id IS NOT NULL THEN o.code ELSE e.code END AS code,
    CASE WHEN o.command_id IS NOT NULL THEN o.message ELSE e.message END AS message,
    CASE WHEN o.command_id IS NOT NULL THEN o.values ELSE e.values END AS values
  FROM unnest($1::int[], $2::text[]) AS a(number, id)
  LEFT JOIN command_outcome o ON o.ticket_number = a.number AND o.command_id = a.id AND ${outcomes}
  LEFT JOIN LATERAL (
    SELECT max(no) AS version,
      max(data->>'code') FILTER (WHERE type = ANY($3)) AS code, max(data->>'message') FILTER (WHERE type = ANY($3)) AS message,
      (array_agg(data->'values') FILTER (WHERE type = ANY($3)))[1] AS values
    FROM ticket_event WHERE ticket_number = a.number AND command_id = a.id
  ) e ON true
  WHERE o.command_id IS NOT NULL OR e.version IS NOT NULL`

const row = z.object({
  number: z.number(),
  id: z.string(),
  version: z.number(),
  /** Null: carried out. */
  code: problemCode.nullable(),
  message: z.string().nullable(),
  values: valuesOfRefusal.nullable(),
})

/** What became of commands, as far as it is known. */
export const commandAnswers = rawStatement({
  name: 'command-answers',
  row,
  text: answers('true'),
})

/** Whoever sends a refused command once more means it: it is decided anew. */
export const commandAnswersBeforeSending = rawStatement({
  name: 'command-answers-before-sending',
  row,
  text: `WITH forgotten AS (
    DELETE FROM command_outcome USING unnest($1::int[], $2::text[]) AS a(number, id)
    WHERE ticket_number = a.number AND command_id = a.id AND code IS NOT NULL
  ) ${answers('o.code IS NULL')}`,
})
