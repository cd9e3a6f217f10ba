-- Approval requests and purchase requests: what pages show of them. The events are the lasting record.

-- What is asked, in full: written before the command that asks (claim check). One row for each wording.
CREATE TABLE approval_text (
  id uuid PRIMARY KEY,
  ticket_number integer NOT NULL,
  text text NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now()
);

CREATE TABLE approval (
  id uuid PRIMARY KEY,
  ticket_number integer NOT NULL REFERENCES ticket (number) ON DELETE CASCADE,
  state text NOT NULL,
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
  decision text NOT NULL,
  comment text NOT NULL,
  via text NOT NULL,
  at timestamptz(3) NOT NULL,
  PRIMARY KEY (ticket_number, event_no)
);
CREATE INDEX approval_vote_of_approval ON approval_vote (approval_id, event_no);
CREATE INDEX approval_vote_of_user ON approval_vote (user_id);

CREATE TABLE purchase (
  id uuid PRIMARY KEY,
  ticket_number integer NOT NULL REFERENCES ticket (number) ON DELETE CASCADE,
  state text NOT NULL,
  currency text NOT NULL,
  total numeric(24, 3) NOT NULL,
  data jsonb NOT NULL,
  created_at timestamptz(3) NOT NULL,
  updated_at timestamptz(3) NOT NULL
);
CREATE INDEX purchase_of_ticket ON purchase (ticket_number, created_at);
CREATE INDEX purchase_by_state ON purchase (state, created_at DESC);

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
