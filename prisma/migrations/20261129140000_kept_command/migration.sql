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
