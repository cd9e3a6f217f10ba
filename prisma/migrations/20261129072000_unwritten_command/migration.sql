-- Commands that the database could not take: kept until an admin has looked at them.
CREATE TYPE "UnwrittenEnd" AS ENUM ('retried', 'dropped');

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
