-- Why something is as it is, in no language (domain/explanation.ts). What was written as text before stays as it was.
ALTER TABLE "message" ALTER COLUMN "state_detail" TYPE jsonb USING to_jsonb("state_detail");
ALTER TABLE "mailbox" ALTER COLUMN "last_error" TYPE jsonb USING to_jsonb("last_error");
ALTER TABLE "mail" ALTER COLUMN "outcome_reason" TYPE jsonb USING to_jsonb("outcome_reason");
