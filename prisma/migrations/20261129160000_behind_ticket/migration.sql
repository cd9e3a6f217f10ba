-- What a ticket is to do next by itself, so that one that does not is found: its workflow never heard of it, or lost its task.
ALTER TABLE ticket ADD COLUMN timer_at timestamptz(3);
CREATE INDEX ticket_timer_at ON ticket (timer_at) WHERE timer_at IS NOT NULL;
CREATE TABLE behind_ticket (
  ticket_number int PRIMARY KEY,
  since timestamptz(3) NOT NULL, -- when it should have been done
  woken_at timestamptz(3) NOT NULL DEFAULT now(),
  wakings int NOT NULL DEFAULT 1
);
