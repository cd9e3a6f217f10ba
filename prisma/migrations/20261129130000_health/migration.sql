-- What the processes say of themselves, what mail accounts answered last, and since when a mailbox fails.
CREATE TYPE "ProcessKind" AS ENUM ('api', 'worker');
CREATE TABLE "process_beat" (
  "id" uuid PRIMARY KEY,
  "kind" "ProcessKind" NOT NULL,
  "host" text NOT NULL,
  "pid" integer NOT NULL,
  "started_at" timestamptz(3) NOT NULL DEFAULT now(),
  "beat_at" timestamptz(3) NOT NULL DEFAULT now(),
  "event_loop_delay" integer NOT NULL DEFAULT 0,
  "slow_since" timestamptz(3)
);
CREATE INDEX "process_beat_kind_idx" ON "process_beat" ("kind", "beat_at");

CREATE TABLE "sender_contact" (
  "account" text PRIMARY KEY,
  "worked_at" timestamptz(3),
  "failing_since" timestamptz(3),
  "failed_at" timestamptz(3),
  "last_error" jsonb
);

ALTER TABLE "mailbox" ADD COLUMN "failing_since" timestamptz(3);
UPDATE "mailbox" SET "failing_since" = now() WHERE "status" = 'failed';

-- What is on its way out, and what was written and is not in its ticket's history yet: always few.
CREATE INDEX "message_on_its_way" ON "message" ("created_at") WHERE "direction" = 'outbound' AND "state" IN ('held', 'queued', 'sending');
CREATE INDEX "note_unwritten" ON "note" ("created_at") WHERE "event_no" IS NULL;
