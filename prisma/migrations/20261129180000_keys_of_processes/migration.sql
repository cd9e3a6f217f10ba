-- Fingerprints of the secret keys that each process opens with: none is sealed with before everybody has it.
ALTER TABLE process_beat ADD COLUMN keys text[] NOT NULL DEFAULT '{}';
