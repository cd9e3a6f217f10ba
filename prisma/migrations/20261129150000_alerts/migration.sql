-- What those who operate have been told is wrong, by channel.
CREATE TYPE "AlertChannel" AS ENUM ('mail', 'webhook');

CREATE TABLE alert (
  channel "AlertChannel" NOT NULL,
  reason text NOT NULL,
  subject text NOT NULL,
  finding jsonb NOT NULL,
  told_at timestamptz(3),
  well_since timestamptz(3),
  claimed_until timestamptz(3),
  last_error jsonb,
  failing_since timestamptz(3),
  PRIMARY KEY (channel, reason, subject)
);
