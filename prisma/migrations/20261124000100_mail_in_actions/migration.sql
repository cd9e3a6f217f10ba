-- Mails to be flagged, moved or deleted on the server: looked for every two seconds, a handful among all mails ever seen.
CREATE INDEX "mail_server_action_pending_idx" ON "mail"("mailbox_id", "folder", "uid") WHERE "server_action" = 'pending';
