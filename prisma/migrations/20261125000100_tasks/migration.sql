-- Tasks, the time worked on them, the clocks that run now, and templates of tasks.
-- No foreign keys to people and departments: events name them, and an event is written whatever became of them since.
CREATE TABLE task (
  id uuid NOT NULL,
  ticket_number integer NOT NULL REFERENCES ticket (number) ON DELETE CASCADE,
  position integer NOT NULL,
  title text NOT NULL,
  status text NOT NULL,
  assignee_id uuid,
  team_id uuid,
  assignee_name text,
  due_at timestamptz(3),
  required boolean NOT NULL,
  after uuid[],
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
