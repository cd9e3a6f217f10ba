-- The ticket that a message belongs to after every split of it.
CREATE OR REPLACE FUNCTION message_ticket(message uuid, own integer) RETURNS integer LANGUAGE sql STABLE AS $$
  SELECT coalesce((SELECT v.into_number FROM message_move v WHERE v.message_id = message ORDER BY v.at DESC, v.split_id DESC LIMIT 1), own)
$$;

-- The messages of a conversation: its own, those of tickets merged into it, those split off for it, without those that were split off.
CREATE OR REPLACE FUNCTION shown_messages(root integer) RETURNS SETOF uuid LANGUAGE sql STABLE AS $$
  WITH merged AS MATERIALIZED (SELECT number FROM ticket_with_merged(root) AS f (number)),
  candidate AS (
    SELECT m.id FROM message m WHERE m.ticket_number IN (SELECT number FROM merged)
    UNION
    SELECT v.message_id FROM message_move v WHERE v.into_number IN (SELECT number FROM merged)
  )
  SELECT m.id FROM candidate c JOIN message m ON m.id = c.id
  WHERE m.event_no IS NOT NULL AND message_ticket(m.id, m.ticket_number) IN (SELECT number FROM merged)
$$;

-- What a list shows of a conversation that goes over several tickets: how many messages count, and the last of them.
CREATE OR REPLACE FUNCTION shown_conversation(root integer) RETURNS jsonb LANGUAGE sql STABLE AS $$
  WITH shown AS MATERIALIZED (
    SELECT m.id, m.direction, e.at, e.ticket_number, e.no, e.data->>'preview' AS preview
    FROM shown_messages(root) AS s (id) JOIN message m ON m.id = s.id
      JOIN ticket_event e ON e.ticket_number = m.ticket_number AND e.no = m.event_no
    WHERE NOT (m.direction = 'outbound' AND m.automatic)
  ),
  latest AS (SELECT * FROM shown ORDER BY at DESC, ticket_number DESC, no DESC LIMIT 1)
  SELECT jsonb_build_object(
    'messageCount', (SELECT count(*) FROM shown),
    'preview', coalesce((SELECT preview FROM latest), ''),
    'lastDirection', coalesce((SELECT direction FROM latest), 'inbound'),
    'lastMessageAt', (SELECT at FROM latest),
    'hasAttachments', EXISTS (SELECT 1 FROM attachment a WHERE a.message_id IN (SELECT id FROM shown) AND NOT a.inline)
  )
$$;
