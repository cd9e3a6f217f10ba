-- Everybody who wrote is a contact. One person may write from several addresses: the others say whose they are.
ALTER TABLE contact
  ADD COLUMN same_as text REFERENCES contact (email), -- the address under which the person is listed
  ADD COLUMN notes text NOT NULL DEFAULT '',
  ADD COLUMN noted_by text NOT NULL DEFAULT '', -- the name of whoever wrote the notes last
  ADD COLUMN noted_at timestamptz(3),
  ADD CONSTRAINT contact_not_own_other CHECK (same_as <> email);

INSERT INTO contact (email, name)
  SELECT DISTINCT ON (email) email, name FROM (
    SELECT lower(requester_email) AS email, requester_name AS name, opened_at AS at FROM ticket WHERE requester_email <> ''
    UNION ALL SELECT user_email, user_name, created_at FROM asset WHERE user_email <> '' AND removed_at IS NULL
  ) AS known ORDER BY email, name = '', at DESC
  ON CONFLICT (email) DO UPDATE SET name = EXCLUDED.name WHERE contact.name = '';

CREATE INDEX contact_listed ON contact (lower(coalesce(nullif(name, ''), email)), email) WHERE same_as IS NULL;
CREATE INDEX contact_same_as ON contact (same_as);
CREATE INDEX contact_person ON contact ((coalesce(same_as, email)));

-- Every address of the person who has this one. Of an unknown address only itself.
CREATE FUNCTION addresses_of(address text) RETURNS text[] LANGUAGE sql STABLE AS $$
  SELECT ARRAY(
    SELECT address UNION SELECT c.email FROM contact c, (SELECT coalesce((SELECT same_as FROM contact WHERE email = address), address) AS email) AS person
    WHERE c.email = person.email OR c.same_as = person.email)
$$;
