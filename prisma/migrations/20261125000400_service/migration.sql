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
  department_id uuid CONSTRAINT service_level_department_id_fkey REFERENCES department (id) ON DELETE CASCADE,
  priority text,
  calendar_id uuid CONSTRAINT service_level_calendar_id_fkey REFERENCES sla_calendar (id) ON DELETE RESTRICT,
  first_response integer,
  resolution integer,
  warn_percent integer NOT NULL DEFAULT 75,
  escalate_priority text,
  escalate_owner_id uuid CONSTRAINT service_level_escalate_owner_id_fkey REFERENCES app_user (id) ON DELETE SET NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX service_level_scope_key ON service_level (coalesce(domain, ''), coalesce(department_id::text, ''), coalesce(priority, ''));

-- How long a department waits for its requesters, in minutes from the question.
CREATE TABLE waiting_policy (
  department_id uuid PRIMARY KEY REFERENCES department (id) ON DELETE CASCADE,
  reminders integer[] NOT NULL DEFAULT '{}',
  close_after integer
);

-- One row. The revision grows with every change of the tables above. A ticket that is not at it gets its plan anew.
CREATE TABLE sla_revision (
  singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
  revision integer NOT NULL DEFAULT 0,
  planned_at timestamptz(3) NOT NULL DEFAULT now()
);
INSERT INTO sla_revision DEFAULT VALUES;

-- Mails of waiting that are to be written: by the event that asked for them.
CREATE TABLE reminder_job (
  ticket_number integer NOT NULL REFERENCES ticket (number) ON DELETE CASCADE,
  event_no integer NOT NULL,
  kind text NOT NULL,
  since timestamptz(3) NOT NULL,
  closes_at timestamptz(3),
  command jsonb,
  attempts integer NOT NULL DEFAULT 0,
  due_at timestamptz(3) NOT NULL DEFAULT now(),
  settled_at timestamptz(3),
  PRIMARY KEY (ticket_number, event_no)
);
CREATE INDEX reminder_job_due ON reminder_job (due_at) WHERE settled_at IS NULL;

CREATE TABLE custom_field (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  kind text NOT NULL,
  choices text[] NOT NULL DEFAULT '{}',
  required boolean NOT NULL DEFAULT false,
  department_id uuid CONSTRAINT custom_field_department_id_fkey REFERENCES department (id) ON DELETE CASCADE,
  category_id uuid CONSTRAINT custom_field_category_id_fkey REFERENCES category (id) ON DELETE CASCADE,
  position integer NOT NULL DEFAULT 0,
  created_at timestamptz(3) NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX custom_field_name_key ON custom_field (lower(name), coalesce(department_id::text, ''), coalesce(category_id::text, ''));

ALTER TABLE ticket
  ADD COLUMN snoozed boolean NOT NULL DEFAULT false,
  ADD COLUMN snoozed_until timestamptz(3),
  ADD COLUMN tags text[] NOT NULL DEFAULT '{}',
  -- Kept by the poller that plans tickets anew, not by the ticket's workflow.
  ADD COLUMN sla_revision integer NOT NULL DEFAULT 0;
CREATE INDEX ticket_due_at_idx ON ticket ((coalesce(due_at, 'infinity'::timestamptz)), number);
CREATE INDEX ticket_overdue_idx ON ticket (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX ticket_snoozed_idx ON ticket (updated_at DESC, number DESC) WHERE snoozed;
CREATE INDEX ticket_tags_idx ON ticket USING gin (tags);
CREATE INDEX ticket_sla_revision_idx ON ticket (sla_revision, number) WHERE status <> 'closed';

-- What choosing a category sets, where the change does not say otherwise. A category inside another takes what it leaves open from there.
ALTER TABLE category
  ADD COLUMN default_department_id uuid CONSTRAINT category_default_department_id_fkey REFERENCES department (id) ON DELETE SET NULL,
  ADD COLUMN default_owner_id uuid CONSTRAINT category_default_owner_id_fkey REFERENCES app_user (id) ON DELETE SET NULL,
  ADD COLUMN default_priority text;
