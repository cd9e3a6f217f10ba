-- A category and all categories around it, the nearest first.
CREATE OR REPLACE FUNCTION categories_around(of_category uuid) RETURNS uuid[] LANGUAGE sql STABLE AS $$
  WITH RECURSIVE up AS (
    SELECT id, parent_id, 0 AS depth FROM category WHERE id = of_category
    UNION ALL SELECT c.id, c.parent_id, up.depth + 1 FROM category c JOIN up ON c.id = up.parent_id WHERE up.depth < 20
  ) SELECT coalesce(array_agg(id ORDER BY depth), '{}') FROM up
$$;

-- A category and all categories inside it, in a lasting order.
CREATE OR REPLACE FUNCTION categories_within(root uuid) RETURNS uuid[] LANGUAGE sql STABLE AS $$
  WITH RECURSIVE down AS (
    SELECT id FROM category WHERE id = root
    UNION SELECT c.id FROM category c JOIN down ON c.parent_id = down.id
  ) SELECT coalesce(array_agg(id ORDER BY id), '{}') FROM down
$$;

-- The way to a category, as the web app writes it.
CREATE OR REPLACE FUNCTION category_path(of_category uuid) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT string_agg(c.name, ' › ' ORDER BY a.depth DESC)
  FROM unnest(categories_around(of_category)) WITH ORDINALITY AS a(id, depth) JOIN category c ON c.id = a.id
$$;
