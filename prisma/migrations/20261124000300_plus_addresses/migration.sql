-- Does the mail server deliver it+anything@… to it@…? Where it does not, answers come back to the bare address.
ALTER TABLE mailbox ADD COLUMN plus_addresses boolean NOT NULL DEFAULT true;
