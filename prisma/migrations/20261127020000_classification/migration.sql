-- Why tickets are solved. Tickets and events hold the key, which never changes. A built-in one without names has the words of the web app.
CREATE TABLE resolution (
  key text PRIMARY KEY,
  name_en text NOT NULL DEFAULT '',
  name_fr text NOT NULL DEFAULT '',
  active boolean NOT NULL DEFAULT true,
  built_in boolean NOT NULL DEFAULT false,
  position integer NOT NULL DEFAULT 0
);
INSERT INTO resolution (key, built_in, position) VALUES
  ('done', true, 1), ('answered', true, 2), ('workaround', true, 3), ('declined', true, 4), ('duplicate', true, 5), ('not-reproducible', true, 6);

-- A category and all categories around it, the nearest first.
CREATE FUNCTION categories_around(of_category uuid) RETURNS uuid[] LANGUAGE sql STABLE AS $$
  WITH RECURSIVE up AS (
    SELECT id, parent_id, 0 AS depth FROM category WHERE id = of_category
    UNION ALL SELECT c.id, c.parent_id, up.depth + 1 FROM category c JOIN up ON c.id = up.parent_id WHERE up.depth < 20
  ) SELECT coalesce(array_agg(id ORDER BY depth), '{}') FROM up
$$;

-- A category and all categories inside it, in a lasting order.
CREATE FUNCTION categories_within(root uuid) RETURNS uuid[] LANGUAGE sql STABLE AS $$
  WITH RECURSIVE down AS (
    SELECT id FROM category WHERE id = root
    UNION SELECT c.id FROM category c JOIN down ON c.parent_id = down.id
  ) SELECT coalesce(array_agg(id ORDER BY id), '{}') FROM down
$$;

-- The way to a category, as the web app writes it.
CREATE FUNCTION category_path(of_category uuid) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT string_agg(c.name, ' › ' ORDER BY a.depth DESC)
  FROM unnest(categories_around(of_category)) WITH ORDINALITY AS a(id, depth) JOIN category c ON c.id = a.id
$$;

-- A service level can be for one category and all inside it.
ALTER TABLE service_level
  ADD COLUMN category_id uuid CONSTRAINT service_level_category_id_fkey REFERENCES category (id) ON DELETE RESTRICT;
DROP INDEX service_level_scope_key;
CREATE UNIQUE INDEX service_level_scope_key ON service_level (coalesce(domain, ''), coalesce(category_id::text, ''), coalesce(department_id::text, ''), coalesce(priority, ''));
