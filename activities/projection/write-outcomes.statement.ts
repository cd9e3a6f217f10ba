import { z } from 'zod'
import { UNWRITABLE } from '../../domain/tickets/unwritten-command.ts'
import { rawStatement } from '../../platform/postgres/raw-statement.ts'

/** Days after which nobody asks any more what became of a command. */
const KEPT_DAYS = 3

/**
 * $1 the ticket · $2 the version that was decided on · $3 the outcomes · $4 the notification. Written
 * only while the ticket is at that version; old ones go, a few at a time.
 */
export const writeOutcomesStatement = rawStatement({
  name: 'write-outcomes',
  row: z.object({
    current: z.boolean(),
    notified: z.string().nullable(),
    /** Long ago, and forgotten with this. */
    refused: z.array(z.string()),
  }),
  text: `
WITH
  current AS (SELECT coalesce((SELECT version FROM ticket WHERE number = $1), 0) = $2 AS is),
  written AS (
    INSERT INTO command_outcome (ticket_number, command_id, code, message, values, version, sender_id)
    SELECT $1, o."commandId", o.code, o.message, o.values, $2, o.sender
    FROM jsonb_to_recordset($3::jsonb) AS o("commandId" text, code text, message text, values jsonb, sender uuid), current WHERE current.is
    ON CONFLICT (ticket_number, command_id) DO UPDATE
      SET code = EXCLUDED.code, message = EXCLUDED.message, values = EXCLUDED.values, version = EXCLUDED.version, sender_id = EXCLUDED.sender_id, at = now()
  ),
  -- What is answered is kept no more.
  promises_kept AS (
    DELETE FROM kept_command WHERE ticket_number = $1 AND (SELECT current.is FROM current)
      AND command_id IN (SELECT o."commandId" FROM jsonb_to_recordset($3::jsonb) AS o("commandId" text))
  ),
  forgotten AS (
    DELETE FROM command_outcome WHERE (ticket_number, command_id) IN (
      SELECT ticket_number, command_id FROM command_outcome WHERE at < now() - interval '${KEPT_DAYS} days'
      ORDER BY at LIMIT 20 FOR UPDATE SKIP LOCKED)
    RETURNING command_id, code
  )
SELECT current.is AS current, CASE WHEN current.is THEN pg_notify('command', $4)::text END AS notified,
  ARRAY(SELECT command_id FROM forgotten WHERE code <> '${UNWRITABLE}') AS refused FROM current`,
})
