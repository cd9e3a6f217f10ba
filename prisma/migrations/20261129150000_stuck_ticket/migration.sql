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
