-- What admins call a resolution, by language: a language more is no column more.
ALTER TABLE resolution ADD COLUMN names jsonb NOT NULL DEFAULT '{}';
UPDATE resolution SET names = jsonb_strip_nulls(jsonb_build_object('en', nullif(name_en, ''), 'fr', nullif(name_fr, '')));
ALTER TABLE resolution DROP COLUMN name_en, DROP COLUMN name_fr;
