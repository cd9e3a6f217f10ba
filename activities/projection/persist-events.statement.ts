import { z } from 'zod'
import { knownContact } from '../../application/contacts/known-contact.ts'
import { ticketRow } from '../../domain/tickets/projected-row.ts'
import { unopenedTicket } from '../../domain/apply.ts'
import { rawStatement } from '../../platform/postgres/raw-statement.ts'
import { withWords, wordsOfMessages, wordsOfTicket } from '../tickets/search-index.ts'

const columns = Object.keys(ticketRow(unopenedTicket(0)))
const updates = columns
  .filter((c) => c !== 'number')
  .map((c) => `${c} = EXCLUDED.${c}`)
  .join(', ')

/**
 * Everything a batch of events changes, as one statement and so one round trip and one transaction.
 * $1 the ticket's row · $2 the events · $3 changes to messages · $4 ids of notes with their event ·
 * $5 settled mails · $6 the notification
 */
export const persistEventsStatement = rawStatement({
  name: 'persist-events',
  row: z.object({ pg_notify: z.string() }),
  text: `
WITH
  line AS (SELECT * FROM jsonb_populate_record(NULL::ticket, $1::jsonb)),
  change AS (
    SELECT * FROM jsonb_to_recordset($3::jsonb) AS c(id uuid, has_no boolean, event_no int, state "DeliveryState", detail text)
  ),
  words AS (
    SELECT ${wordsOfMessages('c.event_no')} AS found
    FROM message m JOIN change c ON c.id = m.id WHERE c.has_no AND c.event_no IS NOT NULL
  ),
  ticket_written AS (
    INSERT INTO ticket (${columns.join(', ')}, search)
    SELECT ${columns.map((c) => `line.${c}`).join(', ')},
      ${wordsOfTicket('line')} || coalesce(words.found, ''::tsvector)
    FROM line, words
    ON CONFLICT (number) DO UPDATE SET ${updates},
      search = ${withWords('(SELECT found FROM words)')}
  ),
  events_written AS (
    INSERT INTO ticket_event (ticket_number, no, type, at, actor, command_id, ordinal, data)
    SELECT (SELECT number FROM line), e.no, e.type, e.at, e.actor, e."commandId", e.ordinal, e.data
    FROM jsonb_to_recordset($2::jsonb) AS e(no int, type text, at timestamptz, actor jsonb, "commandId" text, ordinal int, data jsonb)
  ),
  messages_written AS (
    UPDATE message m SET
      event_no = CASE WHEN c.has_no THEN c.event_no ELSE m.event_no END,
      state = coalesce(c.state, m.state),
      state_detail = coalesce(c.detail, m.state_detail),
      sent_at = CASE WHEN c.state = 'sent' THEN coalesce(m.sent_at, now()) ELSE m.sent_at END
    FROM change c WHERE m.id = c.id
  ),
  notes_written AS (
    UPDATE note n SET event_no = c.event_no FROM jsonb_to_recordset($4::jsonb) AS c(id uuid, event_no int) WHERE n.id = c.id
  ),
  contact_known AS (
    ${knownContact(`SELECT lower(e.data->'requester'->>'email'), e.data->'requester'->>'name' FROM jsonb_to_recordset($2::jsonb) AS e(type text, data jsonb) WHERE e.type = 'ticketOpened'`)}
  ),
  -- Where rules may want an approval of it: activities/approvals looks. While there is no rule this is one look at an empty table.
  jobs_written AS (
    INSERT INTO approval_job (ticket_number, event_no)
    SELECT (SELECT number FROM line), max(e.no) FROM jsonb_to_recordset($2::jsonb) AS e(no int, type text, data jsonb)
    WHERE (e.type IN ('ticketOpened', 'categoryChanged', 'departmentChanged') OR (e.type = 'statusChanged' AND e.data->>'from' IN ('solved', 'closed')))
      AND EXISTS (SELECT 1 FROM ticket_approval_rule)
    HAVING count(*) > 0
    ON CONFLICT (ticket_number) DO UPDATE SET event_no = EXCLUDED.event_no, due_at = now(), attempts = 0
  ),
  mails_settled AS (
    UPDATE mail SET state = 'settled', settled_at = now() WHERE id = ANY($5::uuid[]) AND state <> 'settled'
  )
SELECT pg_notify('ticket', $6)`,
})
