-- What is to be bought, figure by figure: each reader's language writes them.
ALTER TABLE approval_text ADD COLUMN lines jsonb NOT NULL DEFAULT '[]';
