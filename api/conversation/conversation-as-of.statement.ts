import { z } from 'zod'
import { rawStatement } from '../../platform/postgres/raw-statement.ts'

/** Characters of a message: enough to know it again. */
const LONGEST_TEXT = 2000

/**
 * The messages that a ticket showed at a moment, made of the event logs alone: the tickets that were
 * merged into it then, those that these were split from, and where their messages had gone by then.
 * $1 its number, $2 its event that is the last one to count, $3 that event's time
 */
export const conversationAsOfStatement = rawStatement({
  name: 'conversation-as-of',
  row: z.object({
    id: z.string(),
    from: z.string(),
    at: z.date(),
    text: z.string(),
    /** It is shown in this ticket now, too. */
    here: z.boolean(),
    shownIn: z.number(),
  }),
  text: `
WITH RECURSIVE merged (number) AS (
  SELECT $1::int
  UNION
  SELECT (e.data->>'number')::int
  FROM merged f
  JOIN ticket_event e ON e.ticket_number = f.number AND e.type = 'mergeAccepted'
    AND e.at <= $3::timestamptz AND (e.ticket_number <> $1 OR e.no <= $2::int)
  WHERE NOT EXISTS (
    SELECT FROM ticket_event l
    WHERE l.ticket_number = f.number AND l.type = 'mergeReverted' AND l.at <= $3
      AND (l.ticket_number <> $1 OR l.no <= $2) AND l.data->>'mergeId' = e.data->>'mergeId')
), origin (number) AS (
  SELECT number FROM merged
  UNION
  SELECT (e.data->>'from')::int
  FROM origin o JOIN ticket_event e ON e.ticket_number = o.number AND e.type = 'splitOpened'
), moved AS (
  SELECT DISTINCT ON (id) id, s.into_number
  FROM ticket_event e
  CROSS JOIN LATERAL (
    SELECT jsonb_array_elements_text(e.data->'messageIds')::uuid AS id, (e.data->>'into')::int AS into_number) s
  WHERE e.ticket_number IN (SELECT number FROM origin) AND e.type = 'messagesSplitOff' AND e.at <= $3
    AND (e.ticket_number <> $1 OR e.no <= $2)
    AND NOT EXISTS (
      SELECT FROM ticket_event r
      WHERE r.ticket_number = e.ticket_number AND r.type = 'messagesReturned' AND r.at <= $3
        AND (r.ticket_number <> $1 OR r.no <= $2) AND r.data->>'splitId' = e.data->>'splitId')
  ORDER BY id, e.at DESC
)
SELECT m.id, coalesce(u.name, nullif(m.from_name, ''), m.from_address) AS "from", m.created_at AS at,
  left(coalesce(nullif(m.text_visible, ''), m.text), ${LONGEST_TEXT}) AS text,
  m.id IN (SELECT shown_messages($1)) AS here, message_ticket(m.id, m.ticket_number) AS "shownIn"
FROM message m
JOIN ticket_event e ON e.ticket_number = m.ticket_number AND e.no = m.event_no
LEFT JOIN moved ON moved.id = m.id
LEFT JOIN app_user u ON u.id = m.author_id
WHERE m.ticket_number IN (SELECT number FROM origin) AND e.at <= $3
  AND (m.ticket_number <> $1 OR e.no <= $2)
  AND coalesce(moved.into_number, m.ticket_number) IN (SELECT number FROM merged)
ORDER BY e.at, m.ticket_number, m.event_no`,
})
