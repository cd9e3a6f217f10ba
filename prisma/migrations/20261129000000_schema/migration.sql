-- The whole schema, by area. What SQL computes, and the triggers, stand in prisma/functions and are applied after every migration.
CREATE SCHEMA IF NOT EXISTS public;
-- Ticket numbers start at 1001, so that a subject token such as [#1001] is not taken for a list position.
CREATE SEQUENCE ticket_number START 1001;

-- ───────────── closed sets of words ─────────────

CREATE TYPE "AlertChannel" AS ENUM ('mail', 'webhook');
CREATE TYPE "ApprovalState" AS ENUM ('waiting', 'approved', 'refused', 'withdrawn');
CREATE TYPE "AssetChange" AS ENUM ('created', 'imported', 'purchased', 'changed', 'linked', 'unlinked', 'fileAdded', 'fileRemoved', 'confirmed', 'removed');
CREATE TYPE "AssetStatus" AS ENUM ('inStock', 'inUse', 'inRepair', 'retired', 'lost');
CREATE TYPE "ConfirmationKind" AS ENUM ('handOver', 'return');
CREATE TYPE "ConfirmationState" AS ENUM ('asked', 'given', 'refused', 'revoked', 'expired');
CREATE TYPE "DecidedVia" AS ENUM ('link', 'signed-in');
CREATE TYPE "Decision" AS ENUM ('approved', 'refused');
CREATE TYPE "DeliveryState" AS ENUM ('received', 'held', 'queued', 'sending', 'sent', 'failed', 'doubtful', 'bounced');
CREATE TYPE "Direction" AS ENUM ('inbound', 'outbound');
CREATE TYPE "DocumentKind" AS ENUM ('invoice', 'warranty', 'licence', 'contract', 'quote', 'other');
CREATE TYPE "FieldKind" AS ENUM ('text', 'number', 'date', 'choice', 'checkbox', 'person');
CREATE TYPE "LinkKind" AS ENUM ('relates', 'duplicateOf', 'childOf', 'blocks', 'followUpOf', 'suspectedReplyTo');
CREATE TYPE "LocationKind" AS ENUM ('company', 'site', 'section', 'room');
CREATE TYPE "MailOutcome" AS ENUM ('ticket', 'reply', 'report', 'duplicate', 'ignored', 'quarantine');
CREATE TYPE "MailSource" AS ENUM ('imap', 'smtp');
CREATE TYPE "MailState" AS ENUM ('stored', 'routed', 'settled');
CREATE TYPE "MailboxStatus" AS ENUM ('new', 'connecting', 'watching', 'failed');
CREATE TYPE "NotificationLevel" AS ENUM ('all', 'replies', 'none');
CREATE TYPE "Priority" AS ENUM ('low', 'normal', 'high', 'urgent');
CREATE TYPE "ProcessKind" AS ENUM ('api', 'worker');
CREATE TYPE "PurchaseStatus" AS ENUM ('draft', 'requested', 'approved', 'refused', 'ordered', 'partlyReceived', 'received', 'cancelled');
CREATE TYPE "Role" AS ENUM ('admin', 'agent', 'approver');
CREATE TYPE "SenderKind" AS ENUM ('department', 'default-relay', 'outbox');
CREATE TYPE "SetupPurpose" AS ENUM ('first-admin', 'invitation', 'password-reset');
CREATE TYPE "TaskStatus" AS ENUM ('open', 'inProgress', 'done', 'cancelled');
CREATE TYPE "TicketJobKind" AS ENUM ('approvals', 'mergeStep', 'reminder', 'slaPlan');
CREATE TYPE "TicketStatus" AS ENUM ('new', 'open', 'waiting', 'solved', 'closed');
CREATE TYPE "UnwrittenEnd" AS ENUM ('retried', 'dropped');

-- ───────────── people ─────────────

CREATE TABLE app_user (
  id uuid PRIMARY KEY,
  email text NOT NULL,
  name text NOT NULL,
  password_hash text,
  role "Role" NOT NULL,
  active boolean NOT NULL DEFAULT true,
  preferences jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz(3) NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX app_user_email_key ON app_user (email);

CREATE TABLE department (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  signature text NOT NULL DEFAULT '',
  acknowledge boolean NOT NULL DEFAULT true,
  created_at timestamptz(3) NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX department_name_key ON department (name);

CREATE TABLE user_department (
  user_id uuid NOT NULL REFERENCES app_user (id) ON UPDATE CASCADE ON DELETE CASCADE,
  department_id uuid NOT NULL REFERENCES department (id) ON UPDATE CASCADE ON DELETE CASCADE,
  PRIMARY KEY (user_id, department_id)
);

CREATE TABLE session (
  token_hash text PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES app_user (id) ON UPDATE CASCADE ON DELETE CASCADE,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  expires_at timestamptz(3) NOT NULL
);
CREATE INDEX session_expires_at_idx ON session (expires_at);

CREATE TABLE api_token (
  id uuid PRIMARY KEY,
  token_hash text NOT NULL,
  name text NOT NULL,
  user_id uuid NOT NULL REFERENCES app_user (id) ON UPDATE CASCADE ON DELETE CASCADE,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  last_used_at timestamptz(3),
  revoked_at timestamptz(3)
);
CREATE UNIQUE INDEX api_token_token_hash_key ON api_token (token_hash);

CREATE TABLE setup_link (
  token_hash text PRIMARY KEY,
  purpose "SetupPurpose" NOT NULL,
  user_id uuid,
  expires_at timestamptz(3) NOT NULL,
  used_at timestamptz(3)
);

-- ───────────── shared by all areas ─────────────

CREATE TABLE blob (
  sha256 text PRIMARY KEY,
  size integer NOT NULL,
  bytes bytea NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now()
);

CREATE TABLE setting (
  key text PRIMARY KEY,
  value jsonb NOT NULL
);

-- ───────────── classification ─────────────

CREATE TABLE category (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  parent_id uuid REFERENCES category (id) ON UPDATE CASCADE ON DELETE SET NULL,
  department_id uuid REFERENCES department (id) ON UPDATE CASCADE ON DELETE SET NULL,
  -- What choosing it sets, where the change does not say otherwise. One inside another takes what it leaves open from there.
  default_department_id uuid REFERENCES department (id) ON DELETE SET NULL,
  default_owner_id uuid REFERENCES app_user (id) ON DELETE SET NULL,
  default_priority "Priority"
);

CREATE TABLE custom_field (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  kind "FieldKind" NOT NULL,
  choices text[] NOT NULL DEFAULT '{}',
  required boolean NOT NULL DEFAULT false,
  department_id uuid REFERENCES department (id) ON DELETE CASCADE,
  category_id uuid REFERENCES category (id) ON DELETE CASCADE,
  position integer NOT NULL DEFAULT 0,
  created_at timestamptz(3) NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX custom_field_name_key ON custom_field (lower(name), coalesce(department_id::text, ''), coalesce(category_id::text, ''));

-- Why tickets are solved. Tickets and events hold the key, which never changes. A built-in one without names has the words of the web app.
CREATE TABLE resolution (
  key text PRIMARY KEY,
  names jsonb NOT NULL DEFAULT '{}', -- by language: a language more is no column more
  active boolean NOT NULL DEFAULT true,
  built_in boolean NOT NULL DEFAULT false,
  position integer NOT NULL DEFAULT 0
);
INSERT INTO resolution (key, built_in, position) VALUES
  ('done', true, 1), ('answered', true, 2), ('workaround', true, 3), ('declined', true, 4), ('duplicate', true, 5), ('not-reproducible', true, 6);

-- ───────────── locations ─────────────

CREATE TABLE location (
  id uuid PRIMARY KEY,
  parent_id uuid REFERENCES location (id),
  kind "LocationKind" NOT NULL,
  name text NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX location_name_once ON location (coalesce(parent_id, '00000000-0000-0000-0000-000000000000'), lower(name));
CREATE INDEX location_parent ON location (parent_id);

-- A user who has rows here sees only what is at these locations, or in them. No rows: no limit.
CREATE TABLE user_location (
  user_id uuid NOT NULL REFERENCES app_user (id) ON DELETE CASCADE,
  location_id uuid NOT NULL REFERENCES location (id),
  PRIMARY KEY (user_id, location_id)
);
CREATE INDEX user_location_location ON user_location (location_id);

-- ───────────── contacts ─────────────

-- Everybody who wrote or has an asset, by address. One person may write from several: the others say whose they are.
CREATE TABLE contact (
  email text PRIMARY KEY, -- lower case
  name text NOT NULL DEFAULT '',
  location_id uuid REFERENCES location (id),
  updated_at timestamptz(3) NOT NULL DEFAULT now(),
  same_as text REFERENCES contact (email), -- the address under which the person is listed
  notes text NOT NULL DEFAULT '',
  noted_by text NOT NULL DEFAULT '', -- the name of whoever wrote the notes last
  noted_at timestamptz(3),
  CONSTRAINT contact_not_own_other CHECK (same_as <> email)
);
CREATE INDEX contact_location ON contact (location_id);
CREATE INDEX contact_listed ON contact (lower(coalesce(nullif(name, ''), email)), email) WHERE same_as IS NULL;
CREATE INDEX contact_same_as ON contact (same_as);
CREATE INDEX contact_person ON contact ((coalesce(same_as, email)));

-- ───────────── mail-in ─────────────

CREATE TABLE mailbox (
  id uuid PRIMARY KEY,
  address text NOT NULL,
  aliases text[] NOT NULL DEFAULT '{}',
  department_id uuid NOT NULL REFERENCES department (id) ON UPDATE CASCADE ON DELETE RESTRICT,
  host text,
  port integer,
  secure boolean NOT NULL DEFAULT true,
  allow_invalid_certificate boolean NOT NULL DEFAULT false,
  "user" text,
  password_sealed text,
  oauth_sealed text,
  folder text NOT NULL DEFAULT 'INBOX',
  after_import text NOT NULL DEFAULT 'keep',
  enabled boolean NOT NULL DEFAULT true,
  plus_addresses boolean NOT NULL DEFAULT true, -- does the server deliver it+anything@… to it@…?
  uid_validity bigint,
  last_uid bigint NOT NULL DEFAULT 0,
  status "MailboxStatus" NOT NULL DEFAULT 'new',
  last_error jsonb, -- why, in no language: domain/explanation.ts
  failing_since timestamptz(3),
  last_contact_at timestamptz(3),
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  deleted_at timestamptz(3)
);
CREATE UNIQUE INDEX mailbox_address_key ON mailbox (address);

CREATE TABLE mail (
  id uuid PRIMARY KEY,
  mailbox_id uuid NOT NULL REFERENCES mailbox (id) ON UPDATE CASCADE ON DELETE RESTRICT,
  source "MailSource" NOT NULL,
  folder text NOT NULL DEFAULT '',
  uid_validity bigint NOT NULL DEFAULT 0,
  uid bigint NOT NULL DEFAULT 0,
  content_key text NOT NULL,
  thread_keys text[] NOT NULL DEFAULT '{}',
  blob_sha256 text NOT NULL,
  size integer NOT NULL,
  envelope_from text,
  envelope_to text[] NOT NULL DEFAULT '{}',
  internal_date timestamptz(3),
  stored_at timestamptz(3) NOT NULL DEFAULT now(),
  state "MailState" NOT NULL DEFAULT 'stored',
  outcome "MailOutcome",
  outcome_reason jsonb,
  ticket_number integer,
  message_id uuid,
  command jsonb,
  sent_at timestamptz(3),
  attempts integer NOT NULL DEFAULT 0,
  settled_at timestamptz(3),
  server_action text
);
CREATE INDEX mail_content_key_idx ON mail (content_key);
CREATE INDEX mail_state_stored_at_idx ON mail (state, stored_at);
CREATE INDEX mail_outcome_idx ON mail (outcome);
-- Mails of one thread that wait to be routed: asked for with every batch.
CREATE INDEX mail_thread_keys_stored_idx ON mail USING gin (thread_keys) WITH (fastupdate = off) WHERE state = 'stored';
CREATE INDEX mail_ticket_number_idx ON mail (ticket_number);
CREATE UNIQUE INDEX mail_mailbox_id_folder_uid_validity_uid_key ON mail (mailbox_id, folder, uid_validity, uid);
-- Mails to be flagged, moved or deleted on the server: looked for every two seconds, a handful among all mails ever seen.
CREATE INDEX mail_server_action_pending_idx ON mail (mailbox_id, folder, uid) WHERE server_action = 'pending';

-- ───────────── mail-out ─────────────

CREATE TABLE sender (
  department_id uuid PRIMARY KEY REFERENCES department (id) ON UPDATE CASCADE ON DELETE CASCADE,
  "from" text NOT NULL,
  host text NOT NULL,
  port integer NOT NULL,
  secure boolean NOT NULL,
  "user" text,
  password_sealed text,
  allow_invalid_certificate boolean NOT NULL DEFAULT false,
  dkim jsonb,
  updated_at timestamptz(3) NOT NULL DEFAULT now()
);

CREATE TABLE automatic_mail (
  id uuid PRIMARY KEY,
  address text NOT NULL,
  message_id uuid NOT NULL,
  at timestamptz(3) NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX automatic_mail_message_id_key ON automatic_mail (message_id);
CREATE INDEX automatic_mail_address_at_idx ON automatic_mail (address, at);

-- ───────────── tickets ─────────────

CREATE TABLE ticket (
  number integer PRIMARY KEY,
  version integer NOT NULL,
  subject text NOT NULL,
  status "TicketStatus" NOT NULL,
  priority "Priority" NOT NULL,
  department_id uuid NOT NULL REFERENCES department (id) ON UPDATE CASCADE ON DELETE RESTRICT,
  owner_id uuid,
  category_id uuid,
  resolution text,
  requester_email text NOT NULL,
  requester_name text NOT NULL DEFAULT '',
  preview text NOT NULL DEFAULT '',
  last_direction "Direction" NOT NULL DEFAULT 'inbound',
  message_count integer NOT NULL DEFAULT 0,
  has_attachments boolean NOT NULL DEFAULT false,
  one_way boolean NOT NULL DEFAULT false,
  delivery_trouble boolean NOT NULL DEFAULT false,
  opened_at timestamptz(3) NOT NULL,
  updated_at timestamptz(3) NOT NULL,
  last_message_at timestamptz(3) NOT NULL,
  due_at timestamptz(3),
  solved_at timestamptz(3),
  closed_at timestamptz(3),
  snoozed boolean NOT NULL DEFAULT false,
  snoozed_until timestamptz(3),
  tags text[] NOT NULL DEFAULT '{}',
  sla_revision integer NOT NULL DEFAULT 0, -- kept by whoever plans tickets anew, not by the ticket's workflow
  location_id uuid, -- no foreign key: what a ticket's history says must always be writable
  -- What it is to do next by itself, so that one that does not is found.
  timer_at timestamptz(3),
  state jsonb NOT NULL,
  search tsvector
);
CREATE INDEX ticket_updated_at_number_idx ON ticket (updated_at DESC, number DESC);
CREATE INDEX ticket_status_updated_at_idx ON ticket (status, updated_at DESC);
CREATE INDEX ticket_department_id_updated_at_idx ON ticket (department_id, updated_at DESC);
CREATE INDEX ticket_owner_id_updated_at_idx ON ticket (owner_id, updated_at DESC);
CREATE INDEX ticket_requester_email_idx ON ticket (requester_email);
CREATE INDEX ticket_search_idx ON ticket USING gin (search);
CREATE INDEX ticket_location ON ticket (location_id, updated_at DESC) WHERE location_id IS NOT NULL;
CREATE INDEX ticket_due_at_idx ON ticket ((coalesce(due_at, 'infinity'::timestamptz)), number);
CREATE INDEX ticket_overdue_idx ON ticket (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX ticket_snoozed_idx ON ticket (updated_at DESC, number DESC) WHERE snoozed;
CREATE INDEX ticket_tags_idx ON ticket USING gin (tags);
CREATE INDEX ticket_timer_at ON ticket (timer_at) WHERE timer_at IS NOT NULL;
CREATE INDEX ticket_sla_revision_idx ON ticket (sla_revision, number) WHERE status <> 'closed';
-- The counts beside each view, and the list of tickets whose mail did not arrive.
CREATE INDEX ticket_department_id_status_owner_id_idx ON ticket (department_id, status, owner_id);
CREATE INDEX ticket_delivery_trouble_idx ON ticket (updated_at DESC, number DESC) WHERE delivery_trouble;

CREATE TABLE ticket_event (
  ticket_number integer NOT NULL REFERENCES ticket (number) ON UPDATE CASCADE ON DELETE RESTRICT,
  no integer NOT NULL,
  type text NOT NULL,
  at timestamptz(3) NOT NULL,
  actor jsonb NOT NULL,
  command_id text NOT NULL,
  ordinal integer NOT NULL,
  data jsonb NOT NULL,
  PRIMARY KEY (ticket_number, no)
);
CREATE UNIQUE INDEX ticket_event_ticket_number_command_id_ordinal_key ON ticket_event (ticket_number, command_id, ordinal);
-- Reports read what was opened and what changed status, by time.
CREATE INDEX ticket_event_course ON ticket_event (at) WHERE type IN ('ticketOpened', 'statusChanged');
CREATE INDEX ticket_event_answers ON ticket_event (ticket_number, at) WHERE type = 'messageQueued';

-- What became of a command that left no line in the history: whoever sent it reads it here. Kept for some days.
CREATE TABLE command_outcome (
  ticket_number int NOT NULL,
  command_id text NOT NULL,
  code text, -- why it was refused, null when it was accepted and changed nothing
  message text NOT NULL DEFAULT '',
  values jsonb, -- what the sentence names
  version int NOT NULL, -- of the ticket that it was decided on
  sender_id uuid, -- who may know of it besides those who see the ticket
  at timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (ticket_number, command_id)
);
CREATE INDEX command_outcome_at ON command_outcome (at);

CREATE TABLE ticket_watcher (
  ticket_number integer NOT NULL REFERENCES ticket (number) ON UPDATE CASCADE ON DELETE RESTRICT,
  user_id uuid NOT NULL,
  PRIMARY KEY (ticket_number, user_id)
);
CREATE INDEX ticket_watcher_user_id_idx ON ticket_watcher (user_id);

CREATE TABLE ticket_link (
  from_number integer NOT NULL,
  to_number integer NOT NULL,
  kind "LinkKind" NOT NULL,
  PRIMARY KEY (from_number, to_number, kind)
);
CREATE INDEX ticket_link_to_number_idx ON ticket_link (to_number);

-- Commands that the database could not take: kept until an admin has looked at them.
CREATE TABLE unwritten_command (
  id uuid PRIMARY KEY,
  ticket_number int NOT NULL,
  command_id text NOT NULL,
  name text NOT NULL,
  actor jsonb NOT NULL,
  payload text NOT NULL, -- JSON, in which what jsonb does not take is escaped
  reason text NOT NULL, -- what the database said
  at timestamptz(3) NOT NULL DEFAULT now(),
  attempts int NOT NULL DEFAULT 1,
  ended "UnwrittenEnd", -- null: waits for an admin
  ended_by jsonb,
  ended_at timestamptz(3),
  UNIQUE (ticket_number, command_id)
);
CREATE INDEX unwritten_command_waiting ON unwritten_command (at DESC, id DESC);

-- Commands of which their senders were told that they are kept: sent again until they are answered.
CREATE TABLE kept_command (
  ticket_number int NOT NULL,
  command_id text NOT NULL,
  name text NOT NULL,
  command text NOT NULL, -- its envelope as JSON
  facts jsonb NOT NULL, -- with which its ticket's workflow is started
  kept_at timestamptz(3) NOT NULL DEFAULT now(),
  sent_at timestamptz(3) NOT NULL DEFAULT now(),
  attempts int NOT NULL DEFAULT 1,
  PRIMARY KEY (ticket_number, command_id)
);
CREATE INDEX kept_command_sent ON kept_command (sent_at);

-- What people wrote with commands that were refused when they did not wait any more: theirs again, whole, for a month.
CREATE TABLE returned_text (
  ticket_number int NOT NULL,
  command_id text NOT NULL,
  writer_id uuid, -- null: has no account, and is written to
  texts jsonb NOT NULL DEFAULT '[]',
  attachment_ids uuid[] NOT NULL DEFAULT '{}',
  at timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (ticket_number, command_id)
);
CREATE INDEX returned_text_at ON returned_text (at);

-- Tickets whose run cannot go on, and what was done about it: for Health, and so that one that does not stay well gets its new runs ever more slowly.
CREATE TABLE stuck_ticket (
  ticket_number int PRIMARY KEY,
  run_id text NOT NULL,
  since timestamptz(3) NOT NULL,
  found_at timestamptz(3) NOT NULL DEFAULT now(),
  reason text NOT NULL DEFAULT '', -- what the worker said
  renewals int NOT NULL DEFAULT 0,
  renewed_at timestamptz(3),
  well_at timestamptz(3) -- null: it is stuck
);

-- Tickets that were woken because they had not done what they should by themselves.
CREATE TABLE behind_ticket (
  ticket_number int PRIMARY KEY,
  since timestamptz(3) NOT NULL, -- when it should have been done
  woken_at timestamptz(3) NOT NULL DEFAULT now(),
  wakings int NOT NULL DEFAULT 1
);

-- ───────────── assets ─────────────

CREATE TABLE asset (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  type text NOT NULL,
  serial text NOT NULL DEFAULT '',
  model text NOT NULL DEFAULT '',
  status "AssetStatus" NOT NULL,
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
  kind "DocumentKind" NOT NULL,
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
  kind "ConfirmationKind" NOT NULL,
  person_email text NOT NULL,
  person_name text NOT NULL DEFAULT '',
  text text NOT NULL DEFAULT '',
  assets jsonb NOT NULL, -- [{id, name}] as they were called
  asked_by text NOT NULL DEFAULT '',
  state "ConfirmationState" NOT NULL DEFAULT 'asked',
  expires_at timestamptz(3) NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  ended_at timestamptz(3),
  answered_from text NOT NULL DEFAULT '', -- network address
  reason text NOT NULL DEFAULT ''
);
CREATE INDEX confirmation_ticket ON confirmation (ticket_number);
CREATE INDEX confirmation_assets ON confirmation USING gin (assets jsonb_path_ops);

-- Who changed what from what to what. Only ever added to: a trigger in prisma/functions refuses anything else.
CREATE TABLE asset_history (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  asset_id uuid REFERENCES asset (id),
  document_id uuid REFERENCES document (id),
  at timestamptz(3) NOT NULL DEFAULT now(),
  actor jsonb NOT NULL,
  change "AssetChange" NOT NULL, -- created | imported | purchased | changed | linked | unlinked | fileAdded | fileRemoved | confirmed | removed
  field text NOT NULL DEFAULT '',
  "from" text,
  "to" text,
  ticket_number integer,
  source text UNIQUE, -- what may come twice and counts once
  CHECK ((asset_id IS NULL) <> (document_id IS NULL))
);
CREATE INDEX asset_history_asset ON asset_history (asset_id, id DESC);
CREATE INDEX asset_history_document ON asset_history (document_id, id DESC);

-- Ends of warranties and licences that a ticket was opened for: one for each thing and date.
CREATE TABLE asset_ending (
  subject_id uuid NOT NULL, -- an asset or a document
  ends_on date NOT NULL,
  ticket_number integer NOT NULL,
  message_id uuid NOT NULL,
  opened_at timestamptz(3), -- null: the ticket has its number and is still to be opened
  PRIMARY KEY (subject_id, ends_on)
);

-- ───────────── conversation ─────────────

CREATE TABLE message (
  id uuid PRIMARY KEY,
  ticket_number integer NOT NULL,
  event_no integer,
  direction "Direction" NOT NULL,
  state "DeliveryState" NOT NULL,
  state_detail jsonb,
  automatic boolean NOT NULL DEFAULT false,
  one_way boolean NOT NULL DEFAULT false,
  internet_id text,
  in_reply_to text,
  "references" text[] NOT NULL DEFAULT '{}',
  from_address text NOT NULL,
  from_name text NOT NULL DEFAULT '',
  "to" jsonb NOT NULL DEFAULT '[]',
  cc jsonb NOT NULL DEFAULT '[]',
  bcc jsonb NOT NULL DEFAULT '[]',
  reply_to jsonb NOT NULL DEFAULT '[]',
  subject text NOT NULL,
  text text NOT NULL DEFAULT '',
  text_visible text NOT NULL DEFAULT '',
  html text,
  html_folded boolean NOT NULL DEFAULT false,
  language text,
  flags text[] NOT NULL DEFAULT '{}',
  author_id uuid,
  mail_id uuid,
  source_sha256 text,
  sender_kind "SenderKind",
  date timestamptz(3) NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  sent_at timestamptz(3)
);
CREATE INDEX message_ticket_number_created_at_idx ON message (ticket_number, created_at);
CREATE INDEX message_internet_id_idx ON message (internet_id);
CREATE INDEX message_direction_created_at_idx ON message (direction, created_at);
-- What is on its way out, and what was written and is not in its ticket's history yet: always few.
CREATE INDEX message_on_its_way ON message (created_at) WHERE direction = 'outbound' AND state IN ('held', 'queued', 'sending');

CREATE TABLE note (
  id uuid PRIMARY KEY,
  ticket_number integer NOT NULL,
  event_no integer,
  author_id uuid,
  author_name text NOT NULL,
  text text NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX note_ticket_number_idx ON note (ticket_number);
CREATE INDEX note_unwritten ON note (created_at) WHERE event_no IS NULL;

CREATE TABLE attachment (
  id uuid PRIMARY KEY,
  message_id uuid REFERENCES message (id) ON UPDATE CASCADE ON DELETE SET NULL,
  note_id uuid REFERENCES note (id) ON UPDATE CASCADE ON DELETE SET NULL,
  document_id uuid REFERENCES document (id),
  uploaded_by uuid,
  position integer NOT NULL DEFAULT 0,
  blob_sha256 text NOT NULL,
  filename text NOT NULL,
  content_type text NOT NULL,
  size integer NOT NULL,
  content_id text,
  inline boolean NOT NULL DEFAULT false,
  created_at timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX attachment_message_id_idx ON attachment (message_id);
CREATE INDEX attachment_note_id_idx ON attachment (note_id);
CREATE INDEX attachment_document_id_idx ON attachment (document_id);

CREATE TABLE message_reference (
  internet_id text NOT NULL,
  ticket_number integer NOT NULL,
  message_id uuid,
  PRIMARY KEY (internet_id, ticket_number)
);

CREATE TABLE participant (
  ticket_number integer NOT NULL,
  address text NOT NULL,
  PRIMARY KEY (ticket_number, address)
);
CREATE INDEX participant_address_idx ON participant (address);

CREATE TABLE template (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  body text NOT NULL,
  department_id uuid
);

-- ───────────── notifications ─────────────

-- Who is to be told of what: written with the event, mailed and shown afterwards.
CREATE TABLE notification (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  ticket_number integer NOT NULL REFERENCES ticket (number) ON DELETE CASCADE,
  event_no integer NOT NULL,
  kind text NOT NULL,
  user_id uuid REFERENCES app_user (id) ON DELETE CASCADE,
  email text NOT NULL DEFAULT '',
  name text NOT NULL DEFAULT '',
  data jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  due_at timestamptz(3), -- when it is to be mailed (null: it is shown in the app alone)
  mailed_at timestamptz(3),
  attempts integer NOT NULL DEFAULT 0,
  failure text,
  read_at timestamptz(3)
);
CREATE UNIQUE INDEX notification_once ON notification (ticket_number, event_no, kind, coalesce(user_id::text, email));
CREATE INDEX notification_to_mail ON notification (due_at) WHERE mailed_at IS NULL AND due_at IS NOT NULL;
CREATE INDEX notification_of_person ON notification (user_id, created_at DESC);

-- What an owner or watcher chose to be notified of on one ticket, in place of their choice for all tickets. Their own setting: no event, no history.
CREATE TABLE ticket_notification_level (
  ticket_number integer NOT NULL REFERENCES ticket (number) ON DELETE CASCADE,
  user_id uuid NOT NULL REFERENCES app_user (id) ON DELETE CASCADE,
  level "NotificationLevel" NOT NULL,
  PRIMARY KEY (ticket_number, user_id)
);

-- ───────────── tasks ─────────────

-- Tasks, the time worked on them, the clocks that run now, and templates of tasks.
-- No foreign keys to people and departments: events name them, and an event is written whatever became of them since.
CREATE TABLE task (
  id uuid NOT NULL,
  ticket_number integer NOT NULL REFERENCES ticket (number) ON DELETE CASCADE,
  position integer NOT NULL,
  title text NOT NULL,
  status "TaskStatus" NOT NULL,
  assignee_id uuid,
  team_id uuid,
  assignee_name text,
  due_at timestamptz(3),
  required boolean NOT NULL,
  after uuid[] NOT NULL DEFAULT '{}',
  checklist jsonb NOT NULL DEFAULT '[]',
  minutes integer NOT NULL DEFAULT 0,
  added_at timestamptz(3) NOT NULL,
  ended_at timestamptz(3),
  PRIMARY KEY (ticket_number, id)
);
CREATE INDEX task_open_of_person ON task (assignee_id, due_at) WHERE status IN ('open', 'inProgress');
CREATE INDEX task_open_of_team ON task (team_id, due_at) WHERE status IN ('open', 'inProgress');
CREATE INDEX task_open ON task (coalesce(due_at, timestamptz 'infinity'), ticket_number, id) WHERE status IN ('open', 'inProgress');

CREATE TABLE time_entry (
  id uuid PRIMARY KEY,
  ticket_number integer NOT NULL REFERENCES ticket (number) ON DELETE CASCADE,
  task_id uuid,
  user_id uuid NOT NULL,
  user_name text NOT NULL,
  minutes integer NOT NULL,
  billable boolean NOT NULL,
  note text NOT NULL DEFAULT '',
  measured boolean NOT NULL,
  worked_at timestamptz(3) NOT NULL,
  recorded_at timestamptz(3) NOT NULL
);
CREATE INDEX time_entry_worked_at_id_idx ON time_entry (worked_at DESC, id DESC);
CREATE INDEX time_entry_ticket_number_worked_at_id_idx ON time_entry (ticket_number, worked_at DESC, id DESC);
CREATE INDEX time_entry_user_id_worked_at_idx ON time_entry (user_id, worked_at DESC);

CREATE TABLE running_clock (
  id uuid NOT NULL,
  ticket_number integer NOT NULL REFERENCES ticket (number) ON DELETE CASCADE,
  task_id uuid,
  user_id uuid NOT NULL,
  user_name text NOT NULL,
  started_at timestamptz(3) NOT NULL,
  PRIMARY KEY (ticket_number, id)
);
CREATE INDEX running_clock_user_id_idx ON running_clock (user_id);

CREATE TABLE task_template (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  category_id uuid REFERENCES category (id) ON DELETE SET NULL,
  automatic boolean NOT NULL DEFAULT true,
  lines jsonb NOT NULL
);
CREATE INDEX task_template_category_id_idx ON task_template (category_id);

-- ───────────── approvals ─────────────

-- What is asked, in full: written before the command that asks (claim check). One row for each wording.
CREATE TABLE approval_text (
  id uuid PRIMARY KEY,
  ticket_number integer NOT NULL,
  text text NOT NULL,
  lines jsonb NOT NULL DEFAULT '[]', -- of a purchase: what is to be bought, figure by figure
  created_at timestamptz(3) NOT NULL DEFAULT now()
);

CREATE TABLE approval (
  id uuid PRIMARY KEY,
  ticket_number integer NOT NULL REFERENCES ticket (number) ON DELETE CASCADE,
  state "ApprovalState" NOT NULL,
  asked_by_id uuid,
  asked_at timestamptz(3) NOT NULL,
  data jsonb NOT NULL
);
CREATE INDEX approval_of_ticket ON approval (ticket_number, asked_at);
CREATE INDEX approval_of_asker ON approval (asked_by_id, asked_at DESC);

-- Who is asked in the round that runs or ended last.
CREATE TABLE approval_approver (
  approval_id uuid NOT NULL REFERENCES approval (id) ON DELETE CASCADE,
  key text NOT NULL,
  user_id uuid REFERENCES app_user (id) ON DELETE CASCADE,
  asked boolean NOT NULL,
  awaited boolean NOT NULL,
  PRIMARY KEY (approval_id, key)
);
CREATE INDEX approval_approver_of_user ON approval_approver (user_id, awaited);

-- Every decision of every round, as its event says it.
CREATE TABLE approval_vote (
  ticket_number integer NOT NULL REFERENCES ticket (number) ON DELETE CASCADE,
  event_no integer NOT NULL,
  approval_id uuid NOT NULL,
  round integer NOT NULL,
  approver_key text NOT NULL,
  user_id uuid,
  name text NOT NULL,
  decision "Decision" NOT NULL,
  comment text NOT NULL,
  via "DecidedVia" NOT NULL,
  at timestamptz(3) NOT NULL,
  PRIMARY KEY (ticket_number, event_no)
);
CREATE INDEX approval_vote_of_approval ON approval_vote (approval_id, event_no);
CREATE INDEX approval_vote_of_user ON approval_vote (user_id);

-- By whom purchases are approved: of a department (null: of every department without rules of its own), from an amount on.
CREATE TABLE approval_rule (
  id uuid PRIMARY KEY,
  department_id uuid REFERENCES department (id) ON DELETE CASCADE,
  currency text NOT NULL,
  from_amount numeric(24, 3) NOT NULL,
  stages jsonb NOT NULL,
  deadline_hours integer
);
CREATE UNIQUE INDEX approval_rule_once ON approval_rule (coalesce(department_id, '00000000-0000-0000-0000-000000000000'::uuid), currency, from_amount);

-- Rules that ask for an approval when a ticket gets a category (or one within it) or arrives in a department. With both, it needs both.
CREATE TABLE ticket_approval_rule (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  text text NOT NULL,
  category_id uuid REFERENCES category (id) ON DELETE CASCADE,
  department_id uuid REFERENCES department (id) ON DELETE CASCADE,
  stages jsonb NOT NULL,
  deputy jsonb,
  deadline_hours integer,
  blocks_resolution boolean NOT NULL,
  shows_request boolean NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  CONSTRAINT ticket_approval_rule_concerns_some CHECK (category_id IS NOT NULL OR department_id IS NOT NULL)
);

-- What a ticket owes after its events: written with them, taken away once its command is decided.
CREATE TABLE ticket_job (
  ticket_number integer NOT NULL,
  kind "TicketJobKind" NOT NULL,
  event_no integer NOT NULL,
  command jsonb,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  woken_at timestamptz(3),
  PRIMARY KEY (ticket_number, kind, event_no)
);
CREATE INDEX ticket_job_created ON ticket_job (created_at);

-- ───────────── purchases ─────────────

CREATE TABLE purchase (
  id uuid PRIMARY KEY,
  ticket_number integer NOT NULL REFERENCES ticket (number) ON DELETE CASCADE,
  state "PurchaseStatus" NOT NULL,
  totals jsonb NOT NULL, -- one for each currency
  words text NOT NULL, -- what it is found by
  data jsonb NOT NULL,
  created_at timestamptz(3) NOT NULL,
  updated_at timestamptz(3) NOT NULL
);
CREATE INDEX purchase_of_ticket ON purchase (ticket_number, created_at);
CREATE INDEX purchase_by_state ON purchase (state, created_at DESC);
CREATE INDEX purchase_newest ON purchase (created_at DESC, id DESC);

-- ───────────── sla ─────────────

-- Service levels: what is promised to whom, and in which hours.
CREATE TABLE sla_calendar (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  zone text NOT NULL,
  weekly jsonb NOT NULL DEFAULT '[]',
  holidays text[] NOT NULL DEFAULT '{}',
  created_at timestamptz(3) NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX sla_calendar_name_key ON sla_calendar (lower(name));

CREATE TABLE service_level (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  domain text,
  category_id uuid REFERENCES category (id) ON DELETE RESTRICT, -- and all inside it
  department_id uuid REFERENCES department (id) ON DELETE CASCADE,
  priority "Priority",
  calendar_id uuid REFERENCES sla_calendar (id) ON DELETE RESTRICT,
  first_response integer,
  resolution integer,
  warn_percent integer NOT NULL DEFAULT 75,
  escalate_priority "Priority",
  escalate_owner_id uuid REFERENCES app_user (id) ON DELETE SET NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX service_level_scope_key ON service_level (domain, category_id, department_id, priority) NULLS NOT DISTINCT;

-- How long a department waits for its requesters, in minutes from the question and in parts of a minute, so that it can be tried out.
CREATE TABLE waiting_policy (
  department_id uuid PRIMARY KEY REFERENCES department (id) ON DELETE CASCADE,
  reminders double precision[] NOT NULL DEFAULT '{}',
  close_after double precision
);

-- One row. The revision grows with every change of the tables above. A ticket that is not at it gets its plan anew.
CREATE TABLE sla_revision (
  singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
  revision integer NOT NULL DEFAULT 0,
  planned_at timestamptz(3) NOT NULL DEFAULT now()
);
INSERT INTO sla_revision DEFAULT VALUES;

-- ───────────── merging ─────────────

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
  -- Which the message came to: another one where a ticket gives away what a merged one brought.
  own_number integer NOT NULL,
  into_number integer NOT NULL,
  at timestamptz(3) NOT NULL,
  PRIMARY KEY (split_id, message_id)
);
CREATE INDEX message_move_message ON message_move (message_id);
CREATE INDEX message_move_own ON message_move (own_number);
CREATE INDEX message_move_into ON message_move (into_number);

-- Where a ticket was split from.
CREATE TABLE ticket_split_from (
  ticket_number integer PRIMARY KEY REFERENCES ticket (number) ON DELETE CASCADE,
  split_id uuid NOT NULL,
  from_number integer NOT NULL
);

-- ───────────── http ─────────────

CREATE TABLE idempotent_request (
  caller text NOT NULL,
  key text NOT NULL,
  fingerprint text NOT NULL,
  started_at timestamptz(3) NOT NULL DEFAULT now(),
  leased_until timestamptz(3) NOT NULL,
  attempts integer NOT NULL DEFAULT 1,
  facts jsonb NOT NULL DEFAULT '{}',
  status integer,
  answer text,
  PRIMARY KEY (caller, key)
);
CREATE INDEX idempotent_request_started_at_idx ON idempotent_request (started_at);

-- ───────────── health ─────────────

-- What the processes say of themselves, and what mail accounts answered last.
CREATE TABLE process_beat (
  id uuid PRIMARY KEY,
  kind "ProcessKind" NOT NULL,
  host text NOT NULL,
  pid integer NOT NULL,
  started_at timestamptz(3) NOT NULL DEFAULT now(),
  beat_at timestamptz(3) NOT NULL DEFAULT now(),
  event_loop_delay integer NOT NULL DEFAULT 0,
  slow_since timestamptz(3),
  -- Fingerprints of the secret keys that each process opens with: none is sealed with before everybody has it.
  keys text[] NOT NULL DEFAULT '{}',
  -- What a worker has in hand, by task queue and by mail account.
  work jsonb
);
CREATE INDEX process_beat_kind_idx ON process_beat (kind, beat_at);

CREATE TABLE sender_contact (
  account text PRIMARY KEY,
  worked_at timestamptz(3),
  failing_since timestamptz(3),
  failed_at timestamptz(3),
  last_error jsonb
);

-- What those who operate have been told is wrong, by channel.
CREATE TABLE alert (
  channel "AlertChannel" NOT NULL,
  reason text NOT NULL,
  subject text NOT NULL,
  finding jsonb NOT NULL,
  told_at timestamptz(3),
  well_since timestamptz(3),
  claimed_until timestamptz(3),
  last_error jsonb,
  failing_since timestamptz(3),
  PRIMARY KEY (channel, reason, subject)
);
