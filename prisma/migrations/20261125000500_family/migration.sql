-- Merged and split tickets. Each table is written by the workflow of one ticket alone (ticket_number). A merge or split stands when both sides say so.

-- A ticket that goes on in another one.
CREATE TABLE ticket_merge (
  ticket_number integer PRIMARY KEY REFERENCES ticket (number) ON DELETE CASCADE,
  merge_id uuid NOT NULL,
  into_number integer NOT NULL,
  at timestamptz(3) NOT NULL
);
CREATE INDEX ticket_merge_into ON ticket_merge (into_number);

-- What a ticket has taken in.
CREATE TABLE merged_ticket (
  ticket_number integer NOT NULL REFERENCES ticket (number) ON DELETE CASCADE,
  merge_id uuid NOT NULL,
  merged_number integer NOT NULL,
  PRIMARY KEY (ticket_number, merge_id)
);

-- Messages that became a ticket of their own. That ticket may not be opened yet.
CREATE TABLE ticket_split (
  split_id uuid PRIMARY KEY,
  ticket_number integer NOT NULL REFERENCES ticket (number) ON DELETE CASCADE,
  into_number integer NOT NULL,
  subject text NOT NULL,
  at timestamptz(3) NOT NULL
);
CREATE INDEX ticket_split_of ON ticket_split (ticket_number);
CREATE INDEX ticket_split_into ON ticket_split (into_number);

CREATE TABLE message_move (
  split_id uuid NOT NULL REFERENCES ticket_split (split_id) ON DELETE CASCADE,
  message_id uuid NOT NULL,
  ticket_number integer NOT NULL,
  into_number integer NOT NULL,
  at timestamptz(3) NOT NULL,
  PRIMARY KEY (split_id, message_id)
);
CREATE INDEX message_move_message ON message_move (message_id);
CREATE INDEX message_move_into ON message_move (into_number);

-- Where a ticket was split from.
CREATE TABLE ticket_split_from (
  ticket_number integer PRIMARY KEY REFERENCES ticket (number) ON DELETE CASCADE,
  split_id uuid NOT NULL,
  from_number integer NOT NULL
);

-- A ticket and all that goes on in it. UNION, not UNION ALL: ends also where rows should ever make a circle.
CREATE FUNCTION ticket_with_merged(root integer) RETURNS SETOF integer LANGUAGE sql STABLE AS $$
  WITH RECURSIVE merged (number) AS (
    SELECT root
    UNION
    SELECT m.ticket_number FROM merged f JOIN ticket_merge m ON m.into_number = f.number
      JOIN merged_ticket i ON i.ticket_number = m.into_number AND i.merge_id = m.merge_id
  )
  SELECT number FROM merged
$$;

-- Where a ticket goes on: itself, unless it is merged.
CREATE FUNCTION merge_target(start integer) RETURNS integer LANGUAGE sql STABLE AS $$
  WITH RECURSIVE way (number, steps) AS (
    SELECT start, 0
    UNION
    SELECT m.into_number, w.steps + 1 FROM way w JOIN ticket_merge m ON m.ticket_number = w.number
      JOIN merged_ticket i ON i.ticket_number = m.into_number AND i.merge_id = m.merge_id
    WHERE w.steps < 100
  )
  SELECT number FROM way ORDER BY steps DESC LIMIT 1
$$;

-- The ticket that a message belongs to after every split of it.
CREATE FUNCTION message_ticket(message uuid, own integer) RETURNS integer LANGUAGE sql STABLE AS $$
  SELECT coalesce((SELECT v.into_number FROM message_move v WHERE v.message_id = message ORDER BY v.at DESC, v.split_id DESC LIMIT 1), own)
$$;

-- The messages of a conversation: its own, those of tickets merged into it, those split off for it, without those that were split off.
CREATE FUNCTION shown_messages(root integer) RETURNS SETOF uuid LANGUAGE sql STABLE AS $$
  WITH merged AS MATERIALIZED (SELECT number FROM ticket_with_merged(root) AS f (number)),
  candidate AS (
    SELECT m.id FROM message m WHERE m.ticket_number IN (SELECT number FROM merged)
    UNION
    SELECT v.message_id FROM message_move v WHERE v.into_number IN (SELECT number FROM merged)
  )
  SELECT m.id FROM candidate c JOIN message m ON m.id = c.id
  WHERE m.event_no IS NOT NULL AND message_ticket(m.id, m.ticket_number) IN (SELECT number FROM merged)
$$;

-- Reports read what was opened and what changed status, by time.
CREATE INDEX ticket_event_course ON ticket_event (at) WHERE type IN ('ticketOpened', 'statusChanged');
CREATE INDEX ticket_event_answers ON ticket_event (ticket_number, at) WHERE type = 'messageQueued';
