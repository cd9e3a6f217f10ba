-- The whole way to a location, as lists and the history of tickets name it: Acme / Finance / Room 12.
CREATE OR REPLACE FUNCTION location_path(location_id uuid) RETURNS text LANGUAGE sql STABLE AS $$
  WITH RECURSIVE up AS (
    SELECT id, parent_id, name, 1 AS depth FROM location WHERE id = location_id
    UNION ALL SELECT p.id, p.parent_id, p.name, up.depth + 1 FROM location p JOIN up ON p.id = up.parent_id WHERE up.depth < 10
  ) SELECT string_agg(name, ' / ' ORDER BY depth DESC) FROM up
$$;

-- The given locations and everything in them.
CREATE OR REPLACE FUNCTION locations_within(roots uuid[]) RETURNS uuid[] LANGUAGE sql STABLE AS $$
  WITH RECURSIVE down AS (
    SELECT id FROM location WHERE id = ANY(roots)
    UNION SELECT p.id FROM location p JOIN down ON p.parent_id = down.id
  ) SELECT coalesce(array_agg(id), '{}') FROM down
$$;

CREATE OR REPLACE FUNCTION location_limit(of_user uuid) RETURNS uuid[] LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN count(*) > 0 THEN locations_within(array_agg(location_id)) END FROM user_location WHERE user_id = of_user
$$;
