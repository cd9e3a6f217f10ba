-- Assets, documents and locations. Locations first, because everything else may be at one.
CREATE TABLE location (
  id uuid PRIMARY KEY,
  parent_id uuid REFERENCES location (id),
  kind text NOT NULL CHECK (kind IN ('company', 'site', 'section', 'room')),
  name text NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX location_name_once ON location (coalesce(parent_id, '00000000-0000-0000-0000-000000000000'), lower(name));
CREATE INDEX location_parent ON location (parent_id);

-- The whole way to a location, as lists and the history of tickets name it: Acme / Finance / Room 12.
CREATE FUNCTION location_path(location_id uuid) RETURNS text LANGUAGE sql STABLE AS $$
  WITH RECURSIVE up AS (
    SELECT id, parent_id, name, 1 AS depth FROM location WHERE id = location_id
    UNION ALL SELECT p.id, p.parent_id, p.name, up.depth + 1 FROM location p JOIN up ON p.id = up.parent_id WHERE up.depth < 10
  ) SELECT string_agg(name, ' / ' ORDER BY depth DESC) FROM up
$$;

-- The given locations and everything in them.
CREATE FUNCTION locations_within(roots uuid[]) RETURNS uuid[] LANGUAGE sql STABLE AS $$
  WITH RECURSIVE down AS (
    SELECT id FROM location WHERE id = ANY(roots)
    UNION SELECT p.id FROM location p JOIN down ON p.parent_id = down.id
  ) SELECT coalesce(array_agg(id), '{}') FROM down
$$;

-- Where people are, users and requesters alike: by address.
CREATE TABLE contact (
  email text PRIMARY KEY, -- lower case
  name text NOT NULL DEFAULT '',
  location_id uuid REFERENCES location (id),
  updated_at timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX contact_location ON contact (location_id);

-- A user who has rows here sees only what is at these locations, or in them. No rows: no limit.
CREATE TABLE user_location (
  user_id uuid NOT NULL REFERENCES app_user (id) ON DELETE CASCADE,
  location_id uuid NOT NULL REFERENCES location (id),
  PRIMARY KEY (user_id, location_id)
);
CREATE INDEX user_location_location ON user_location (location_id);

CREATE FUNCTION location_limit(of_user uuid) RETURNS uuid[] LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN count(*) > 0 THEN locations_within(array_agg(location_id)) END FROM user_location WHERE user_id = of_user
$$;

-- No foreign key: what a ticket's history says must always be writable.
ALTER TABLE ticket ADD COLUMN location_id uuid;
CREATE INDEX ticket_location ON ticket (location_id, updated_at DESC) WHERE location_id IS NOT NULL;

CREATE TABLE asset (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  type text NOT NULL,
  serial text NOT NULL DEFAULT '',
  model text NOT NULL DEFAULT '',
  status text NOT NULL CHECK (status IN ('inStock', 'inUse', 'inRepair', 'retired', 'lost')),
  location_id uuid REFERENCES location (id),
  part_of_id uuid REFERENCES asset (id),
  user_email text NOT NULL DEFAULT '', -- lower case
  user_name text NOT NULL DEFAULT '',
  purchased_on date,
  warranty_ends date,
  supplier text NOT NULL DEFAULT '',
  price numeric CHECK (price >= 0), -- exact, with as many decimals as were given
  currency text NOT NULL DEFAULT 'EUR',
  notes text NOT NULL DEFAULT '',
  from_ticket integer, -- the ticket whose delivery made it
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  updated_at timestamptz(3) NOT NULL DEFAULT now(),
  removed_at timestamptz(3) -- its history and its tickets keep it
);
CREATE INDEX asset_name ON asset (lower(name), id) WHERE removed_at IS NULL;
CREATE INDEX asset_serial ON asset (lower(serial)) WHERE serial <> '' AND removed_at IS NULL;
CREATE INDEX asset_user ON asset (user_email) WHERE user_email <> '' AND removed_at IS NULL;
CREATE INDEX asset_location ON asset (location_id);
CREATE INDEX asset_part_of ON asset (part_of_id);
CREATE INDEX asset_warranty ON asset (warranty_ends) WHERE removed_at IS NULL;

CREATE TABLE document (
  id uuid PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('invoice', 'warranty', 'licence', 'contract', 'quote', 'other')),
  title text NOT NULL,
  number text NOT NULL DEFAULT '', -- of the invoice, the contract
  supplier text NOT NULL DEFAULT '',
  issued_on date,
  ends_on date,
  version text NOT NULL DEFAULT '',
  seats integer CHECK (seats >= 0),
  amount numeric CHECK (amount >= 0),
  currency text NOT NULL DEFAULT 'EUR',
  location_id uuid REFERENCES location (id),
  notes text NOT NULL DEFAULT '',
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  updated_at timestamptz(3) NOT NULL DEFAULT now(),
  removed_at timestamptz(3)
);
CREATE INDEX document_title ON document (lower(title), id) WHERE removed_at IS NULL;
CREATE INDEX document_ends ON document (ends_on) WHERE removed_at IS NULL;
CREATE INDEX document_location ON document (location_id);

ALTER TABLE attachment ADD COLUMN document_id uuid REFERENCES document (id);
CREATE INDEX attachment_document_id_idx ON attachment (document_id);

CREATE TABLE asset_document (
  asset_id uuid NOT NULL REFERENCES asset (id),
  document_id uuid NOT NULL REFERENCES document (id),
  PRIMARY KEY (asset_id, document_id)
);
CREATE INDEX asset_document_document ON asset_document (document_id);

-- Two documents that belong together, an invoice and its warranty. Kept once, the smaller id first.
CREATE TABLE document_link (
  one_id uuid NOT NULL REFERENCES document (id),
  other_id uuid NOT NULL REFERENCES document (id),
  PRIMARY KEY (one_id, other_id),
  CHECK (one_id < other_id)
);
CREATE INDEX document_link_other ON document_link (other_id);

-- What a ticket's history says is linked to it: written by the ticket's workflow alone.
CREATE TABLE ticket_asset (
  ticket_number integer NOT NULL REFERENCES ticket (number) ON DELETE CASCADE,
  asset_id uuid NOT NULL,
  PRIMARY KEY (ticket_number, asset_id)
);
CREATE INDEX ticket_asset_asset ON ticket_asset (asset_id);
CREATE TABLE ticket_document (
  ticket_number integer NOT NULL REFERENCES ticket (number) ON DELETE CASCADE,
  document_id uuid NOT NULL,
  PRIMARY KEY (ticket_number, document_id)
);
CREATE INDEX ticket_document_document ON ticket_document (document_id);

-- Asked for by a signed page. Written before its command, valid once it has an event.
CREATE TABLE confirmation (
  id uuid PRIMARY KEY,
  ticket_number integer NOT NULL,
  event_no integer,
  kind text NOT NULL CHECK (kind IN ('handOver', 'return')),
  person_email text NOT NULL,
  person_name text NOT NULL DEFAULT '',
  text text NOT NULL DEFAULT '',
  assets jsonb NOT NULL, -- [{id, name}] as they were called
  asked_by text NOT NULL DEFAULT '',
  state text NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'given', 'refused', 'revoked', 'expired')),
  expires_at timestamptz(3) NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  ended_at timestamptz(3),
  answered_from text NOT NULL DEFAULT '', -- network address
  reason text NOT NULL DEFAULT ''
);
CREATE INDEX confirmation_ticket ON confirmation (ticket_number);
CREATE INDEX confirmation_assets ON confirmation USING gin (assets jsonb_path_ops);

-- Who changed what from what to what. Append-only.
CREATE TABLE asset_history (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  asset_id uuid REFERENCES asset (id),
  document_id uuid REFERENCES document (id),
  at timestamptz(3) NOT NULL DEFAULT now(),
  actor jsonb NOT NULL,
  change text NOT NULL, -- created | imported | purchased | changed | linked | unlinked | fileAdded | fileRemoved | confirmed | removed
  field text NOT NULL DEFAULT '',
  "from" text,
  "to" text,
  ticket_number integer,
  source text UNIQUE, -- what may come twice and counts once
  CHECK ((asset_id IS NULL) <> (document_id IS NULL))
);
CREATE INDEX asset_history_asset ON asset_history (asset_id, id DESC);
CREATE INDEX asset_history_document ON asset_history (document_id, id DESC);
-- \x3b is a semicolon, at which migrations are cut into statements.
CREATE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS E'BEGIN RAISE EXCEPTION ''The history of assets is only added to.''\x3b END';
CREATE TRIGGER asset_history_append_only BEFORE UPDATE OR DELETE ON asset_history FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();

-- Ends of warranties and licences that a ticket was opened for: one for each thing and date.
CREATE TABLE asset_ending (
  subject_id uuid NOT NULL, -- an asset or a document
  ends_on date NOT NULL,
  ticket_number integer NOT NULL,
  message_id uuid NOT NULL,
  opened_at timestamptz(3), -- null: the ticket has its number and is still to be opened
  PRIMARY KEY (subject_id, ends_on)
);
