-- What an owner or watcher chose to be notified of on one ticket, in place of their choice for all tickets. Their own setting: no event, no history.
CREATE TABLE ticket_notification_level (
  ticket_number integer NOT NULL REFERENCES ticket (number) ON DELETE CASCADE,
  user_id uuid NOT NULL REFERENCES app_user (id) ON DELETE CASCADE,
  level text NOT NULL CHECK (level IN ('all', 'replies', 'none')),
  PRIMARY KEY (ticket_number, user_id)
);
