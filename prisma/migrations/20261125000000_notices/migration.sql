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
