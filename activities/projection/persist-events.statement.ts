import { z } from 'zod'
import { knownContact } from '../../application/contacts/known-contact.ts'
import { ticketJob } from '../../domain/ticket-jobs.ts'
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
 * $5 settled mails · $6 the notification · $7 what may have to follow
 */
export const persistEventsStatement = rawStatement({
  name: 'persist-events',
  row: z.object({ pg_notify: z.string(), owed: z.array(ticketJob) }),
  text: `
WITH
  line AS (SELECT * FROM jsonb_populate_record(NULL::ticket, $1::jsonb)),
  change AS (
    SELECT * FROM jsonb_to_recordset($3::jsonb) AS c(id uuid, has_no boolean, event_no int, state "DeliveryState", detail jsonb)
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
    ${knownContact(`SELECT lower(e.data->'requester'->>'email'), e.data->'requester'->>'name' FROM jsonb_to_recordset($2::jsonb) AS e(type text, data jsonb) WHERE e.type IN ('ticketOpened', 'questionArrived')`)}
  ),
  -- What follows: domain/ticket-jobs.ts. While there is no rule and no service level this is one look at two small tables.
  jobs_written AS (
    INSERT INTO ticket_job (ticket_number, kind, event_no)
    SELECT line.number, j.kind, j."eventNo" FROM line, jsonb_to_recordset($7::jsonb) AS j(kind "TicketJobKind", "eventNo" int)
    WHERE CASE j.kind
      WHEN 'approvals' THEN EXISTS (SELECT 1 FROM ticket_approval_rule)
      WHEN 'slaPlan' THEN coalesce((SELECT t.sla_revision FROM ticket t WHERE t.number = line.number), 0) < (SELECT revision FROM sla_revision)
        -- Another requester: what was planned by their address is planned anew.
        OR (SELECT revision FROM sla_revision) > 0
          AND EXISTS (SELECT 1 FROM jsonb_to_recordset($2::jsonb) AS e(no int, type text) WHERE e.no = j."eventNo" AND e.type = 'questionArrived')
      ELSE true END
    RETURNING kind, event_no
  ),
  -- What is answered is kept no more.
  promises_kept AS (
    DELETE FROM kept_command WHERE ticket_number = (SELECT number FROM line)
      AND command_id IN (SELECT e."commandId" FROM jsonb_to_recordset($2::jsonb) AS e("commandId" text))
  ),
  mails_settled AS (
    UPDATE mail SET state = 'settled', settled_at = now() WHERE id = ANY($5::uuid[]) AND state <> 'settled'
  )
SELECT pg_notify('ticket', $6), (SELECT coalesce(jsonb_agg(jsonb_build_object('kind', kind, 'eventNo', event_no) ORDER BY event_no, kind), '[]') FROM jobs_written) AS owed`,
})
