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

-- Tickets to be looked at: written with the event that placed them, taken away when every rule has been followed.
CREATE TABLE approval_job (
  ticket_number integer PRIMARY KEY,
  event_no integer NOT NULL,
  due_at timestamptz(3) NOT NULL DEFAULT now(),
  attempts integer NOT NULL DEFAULT 0
);
CREATE INDEX approval_job_due ON approval_job (due_at);
