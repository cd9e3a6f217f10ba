-- A ticket and all that goes on in it. UNION, not UNION ALL: ends also where rows should ever make a circle.
CREATE OR REPLACE FUNCTION ticket_with_merged(root integer) RETURNS SETOF integer LANGUAGE sql STABLE AS $$
  WITH RECURSIVE merged (number) AS (
    SELECT root
    UNION
    SELECT m.ticket_number FROM merged f JOIN ticket_merge m ON m.into_number = f.number
      JOIN merged_ticket i ON i.ticket_number = m.into_number AND i.merge_id = m.merge_id
  )
  SELECT number FROM merged
$$;

-- Where a ticket goes on: itself, unless it is merged.
CREATE OR REPLACE FUNCTION merge_target(start integer) RETURNS integer LANGUAGE sql STABLE AS $$
  WITH RECURSIVE way (number, steps) AS (
    SELECT start, 0
    UNION
    SELECT m.into_number, w.steps + 1 FROM way w JOIN ticket_merge m ON m.ticket_number = w.number
      JOIN merged_ticket i ON i.ticket_number = m.into_number AND i.merge_id = m.merge_id
    WHERE w.steps < 100
  )
  SELECT number FROM way ORDER BY steps DESC LIMIT 1
$$;
