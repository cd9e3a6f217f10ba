-- What a worker has in hand, by task queue and by mail account.
ALTER TABLE process_beat ADD COLUMN work jsonb;
