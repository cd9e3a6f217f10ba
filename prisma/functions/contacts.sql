-- Every address of the person who has this one. Of an unknown address only itself.
CREATE OR REPLACE FUNCTION addresses_of(address text) RETURNS text[] LANGUAGE sql STABLE AS $$
  SELECT ARRAY(
    SELECT address UNION SELECT c.email FROM contact c, (SELECT coalesce((SELECT same_as FROM contact WHERE email = address), address) AS email) AS person
    WHERE c.email = person.email OR c.same_as = person.email)
$$;
