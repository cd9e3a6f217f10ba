-- Parts of a minute too: a policy may be tried out before it counts in days.
ALTER TABLE waiting_policy ALTER COLUMN reminders DROP DEFAULT, ALTER COLUMN reminders TYPE double precision[], ALTER COLUMN reminders SET DEFAULT '{}', ALTER COLUMN close_after TYPE double precision;
