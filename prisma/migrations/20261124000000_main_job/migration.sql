-- Ticket numbers start at 1001, so that a subject token such as [#1001] is not taken for a list position.
CREATE SEQUENCE "ticket_number" START 1001;

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateEnum
CREATE TYPE "Role" AS ENUM ('admin', 'agent', 'approver');

-- CreateEnum
CREATE TYPE "MailState" AS ENUM ('stored', 'routed', 'settled');

-- CreateEnum
CREATE TYPE "MailEnd" AS ENUM ('ticket', 'reply', 'report', 'duplicate', 'ignored', 'quarantine');

-- CreateEnum
CREATE TYPE "Direction" AS ENUM ('inbound', 'outbound');

-- CreateEnum
CREATE TYPE "DeliveryState" AS ENUM ('received', 'held', 'queued', 'sending', 'sent', 'failed', 'doubtful', 'bounced');

-- CreateTable
CREATE TABLE "app_user" (
    "id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "password_hash" TEXT,
    "role" "Role" NOT NULL,
    "active" BOOLEAN NOT NULL DEFAULT true,
    "preferences" JSONB NOT NULL DEFAULT '{}',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "app_user_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "user_department" (
    "user_id" UUID NOT NULL,
    "department_id" UUID NOT NULL,

    CONSTRAINT "user_department_pkey" PRIMARY KEY ("user_id","department_id")
);

-- CreateTable
CREATE TABLE "session" (
    "token_hash" TEXT NOT NULL,
    "user_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "session_pkey" PRIMARY KEY ("token_hash")
);

-- CreateTable
CREATE TABLE "api_token" (
    "id" UUID NOT NULL,
    "token_hash" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "user_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_used_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_token_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "setup_link" (
    "token_hash" TEXT NOT NULL,
    "purpose" TEXT NOT NULL,
    "user_id" UUID,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "setup_link_pkey" PRIMARY KEY ("token_hash")
);

-- CreateTable
CREATE TABLE "department" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "signature" TEXT NOT NULL DEFAULT '',
    "acknowledge" BOOLEAN NOT NULL DEFAULT true,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "department_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sender" (
    "department_id" UUID NOT NULL,
    "from" TEXT NOT NULL,
    "host" TEXT NOT NULL,
    "port" INTEGER NOT NULL,
    "secure" BOOLEAN NOT NULL,
    "user" TEXT,
    "password_sealed" TEXT,
    "allow_invalid_certificate" BOOLEAN NOT NULL DEFAULT false,
    "dkim" JSONB,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "sender_pkey" PRIMARY KEY ("department_id")
);

-- CreateTable
CREATE TABLE "mailbox" (
    "id" UUID NOT NULL,
    "address" TEXT NOT NULL,
    "aliases" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "department_id" UUID NOT NULL,
    "host" TEXT,
    "port" INTEGER,
    "secure" BOOLEAN NOT NULL DEFAULT true,
    "allow_invalid_certificate" BOOLEAN NOT NULL DEFAULT false,
    "user" TEXT,
    "password_sealed" TEXT,
    "oauth_sealed" TEXT,
    "folder" TEXT NOT NULL DEFAULT 'INBOX',
    "after_import" TEXT NOT NULL DEFAULT 'keep',
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "uid_validity" BIGINT,
    "last_uid" BIGINT NOT NULL DEFAULT 0,
    "status" TEXT NOT NULL DEFAULT 'new',
    "last_error" TEXT,
    "last_contact_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "mailbox_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "category" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "parent_id" UUID,
    "department_id" UUID,

    CONSTRAINT "category_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "template" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    "department_id" UUID,

    CONSTRAINT "template_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "setting" (
    "key" TEXT NOT NULL,
    "value" JSONB NOT NULL,

    CONSTRAINT "setting_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "blob" (
    "sha256" TEXT NOT NULL,
    "size" INTEGER NOT NULL,
    "bytes" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "blob_pkey" PRIMARY KEY ("sha256")
);

-- CreateTable
CREATE TABLE "mail" (
    "id" UUID NOT NULL,
    "mailbox_id" UUID NOT NULL,
    "source" TEXT NOT NULL,
    "folder" TEXT NOT NULL DEFAULT '',
    "uid_validity" BIGINT NOT NULL DEFAULT 0,
    "uid" BIGINT NOT NULL DEFAULT 0,
    "content_key" TEXT NOT NULL,
    "blob_sha256" TEXT NOT NULL,
    "size" INTEGER NOT NULL,
    "envelope_from" TEXT,
    "envelope_to" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "internal_date" TIMESTAMPTZ(3),
    "stored_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "state" "MailState" NOT NULL DEFAULT 'stored',
    "end" "MailEnd",
    "end_reason" TEXT,
    "ticket_number" INTEGER,
    "message_id" UUID,
    "command" JSONB,
    "sent_at" TIMESTAMPTZ(3),
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "settled_at" TIMESTAMPTZ(3),
    "server_action" TEXT,

    CONSTRAINT "mail_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "message" (
    "id" UUID NOT NULL,
    "ticket_number" INTEGER NOT NULL,
    "event_no" INTEGER,
    "direction" "Direction" NOT NULL,
    "state" "DeliveryState" NOT NULL,
    "state_detail" TEXT,
    "automatic" BOOLEAN NOT NULL DEFAULT false,
    "one_way" BOOLEAN NOT NULL DEFAULT false,
    "internet_id" TEXT,
    "in_reply_to" TEXT,
    "references" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "from_address" TEXT NOT NULL,
    "from_name" TEXT NOT NULL DEFAULT '',
    "to" JSONB NOT NULL DEFAULT '[]',
    "cc" JSONB NOT NULL DEFAULT '[]',
    "bcc" JSONB NOT NULL DEFAULT '[]',
    "reply_to" JSONB NOT NULL DEFAULT '[]',
    "subject" TEXT NOT NULL,
    "text" TEXT NOT NULL DEFAULT '',
    "text_visible" TEXT NOT NULL DEFAULT '',
    "html" TEXT,
    "html_folded" BOOLEAN NOT NULL DEFAULT false,
    "language" TEXT,
    "flags" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "author_id" UUID,
    "mail_id" UUID,
    "source_sha256" TEXT,
    "sender_kind" TEXT,
    "date" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "sent_at" TIMESTAMPTZ(3),

    CONSTRAINT "message_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "note" (
    "id" UUID NOT NULL,
    "ticket_number" INTEGER NOT NULL,
    "event_no" INTEGER,
    "author_id" UUID,
    "author_name" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "note_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "attachment" (
    "id" UUID NOT NULL,
    "message_id" UUID,
    "note_id" UUID,
    "uploaded_by" UUID,
    "position" INTEGER NOT NULL DEFAULT 0,
    "blob_sha256" TEXT NOT NULL,
    "filename" TEXT NOT NULL,
    "content_type" TEXT NOT NULL,
    "size" INTEGER NOT NULL,
    "content_id" TEXT,
    "inline" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "attachment_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "message_reference" (
    "internet_id" TEXT NOT NULL,
    "ticket_number" INTEGER NOT NULL,
    "message_id" UUID,

    CONSTRAINT "message_reference_pkey" PRIMARY KEY ("internet_id","ticket_number")
);

-- CreateTable
CREATE TABLE "participant" (
    "ticket_number" INTEGER NOT NULL,
    "address" TEXT NOT NULL,

    CONSTRAINT "participant_pkey" PRIMARY KEY ("ticket_number","address")
);

-- CreateTable
CREATE TABLE "automatic_mail" (
    "id" UUID NOT NULL,
    "address" TEXT NOT NULL,
    "message_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "automatic_mail_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ticket" (
    "number" INTEGER NOT NULL,
    "version" INTEGER NOT NULL,
    "subject" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "priority" TEXT NOT NULL,
    "department_id" UUID NOT NULL,
    "owner_id" UUID,
    "category_id" UUID,
    "resolution" TEXT,
    "requester_email" TEXT NOT NULL,
    "requester_name" TEXT NOT NULL DEFAULT '',
    "preview" TEXT NOT NULL DEFAULT '',
    "last_direction" TEXT NOT NULL DEFAULT 'inbound',
    "message_count" INTEGER NOT NULL DEFAULT 0,
    "has_attachments" BOOLEAN NOT NULL DEFAULT false,
    "one_way" BOOLEAN NOT NULL DEFAULT false,
    "delivery_trouble" BOOLEAN NOT NULL DEFAULT false,
    "opened_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "last_message_at" TIMESTAMPTZ(3) NOT NULL,
    "due_at" TIMESTAMPTZ(3),
    "solved_at" TIMESTAMPTZ(3),
    "closed_at" TIMESTAMPTZ(3),
    "state" JSONB NOT NULL,
    "search" tsvector,

    CONSTRAINT "ticket_pkey" PRIMARY KEY ("number")
);

-- CreateTable
CREATE TABLE "ticket_event" (
    "ticket_number" INTEGER NOT NULL,
    "no" INTEGER NOT NULL,
    "type" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "actor" JSONB NOT NULL,
    "command_id" TEXT NOT NULL,
    "ordinal" INTEGER NOT NULL,
    "data" JSONB NOT NULL,

    CONSTRAINT "ticket_event_pkey" PRIMARY KEY ("ticket_number","no")
);

-- CreateTable
CREATE TABLE "ticket_watcher" (
    "ticket_number" INTEGER NOT NULL,
    "user_id" UUID NOT NULL,

    CONSTRAINT "ticket_watcher_pkey" PRIMARY KEY ("ticket_number","user_id")
);

-- CreateTable
CREATE TABLE "ticket_link" (
    "from_number" INTEGER NOT NULL,
    "to_number" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,

    CONSTRAINT "ticket_link_pkey" PRIMARY KEY ("from_number","to_number","kind")
);

-- CreateIndex
CREATE UNIQUE INDEX "app_user_email_key" ON "app_user"("email");

-- CreateIndex
CREATE INDEX "session_expires_at_idx" ON "session"("expires_at");

-- CreateIndex
CREATE UNIQUE INDEX "api_token_token_hash_key" ON "api_token"("token_hash");

-- CreateIndex
CREATE UNIQUE INDEX "department_name_key" ON "department"("name");

-- CreateIndex
CREATE UNIQUE INDEX "mailbox_address_key" ON "mailbox"("address");

-- CreateIndex
CREATE INDEX "mail_content_key_idx" ON "mail"("content_key");

-- CreateIndex
CREATE INDEX "mail_state_stored_at_idx" ON "mail"("state", "stored_at");

-- CreateIndex
CREATE INDEX "mail_end_idx" ON "mail"("end");

-- CreateIndex
CREATE INDEX "mail_ticket_number_idx" ON "mail"("ticket_number");

-- CreateIndex
CREATE UNIQUE INDEX "mail_mailbox_id_folder_uid_validity_uid_key" ON "mail"("mailbox_id", "folder", "uid_validity", "uid");

-- CreateIndex
CREATE INDEX "message_ticket_number_created_at_idx" ON "message"("ticket_number", "created_at");

-- CreateIndex
CREATE INDEX "message_internet_id_idx" ON "message"("internet_id");

-- CreateIndex
CREATE INDEX "message_direction_created_at_idx" ON "message"("direction", "created_at");

-- CreateIndex
CREATE INDEX "note_ticket_number_idx" ON "note"("ticket_number");

-- CreateIndex
CREATE INDEX "attachment_message_id_idx" ON "attachment"("message_id");

-- CreateIndex
CREATE INDEX "attachment_note_id_idx" ON "attachment"("note_id");

-- CreateIndex
CREATE INDEX "participant_address_idx" ON "participant"("address");

-- CreateIndex
CREATE UNIQUE INDEX "automatic_mail_message_id_key" ON "automatic_mail"("message_id");

-- CreateIndex
CREATE INDEX "automatic_mail_address_at_idx" ON "automatic_mail"("address", "at");

-- CreateIndex
CREATE INDEX "ticket_updated_at_number_idx" ON "ticket"("updated_at" DESC, "number" DESC);

-- CreateIndex
CREATE INDEX "ticket_status_updated_at_idx" ON "ticket"("status", "updated_at" DESC);

-- CreateIndex
CREATE INDEX "ticket_department_id_updated_at_idx" ON "ticket"("department_id", "updated_at" DESC);

-- CreateIndex
CREATE INDEX "ticket_owner_id_updated_at_idx" ON "ticket"("owner_id", "updated_at" DESC);

-- CreateIndex
CREATE INDEX "ticket_requester_email_idx" ON "ticket"("requester_email");

-- CreateIndex
CREATE INDEX "ticket_search_idx" ON "ticket" USING GIN ("search");

-- CreateIndex
CREATE UNIQUE INDEX "ticket_event_ticket_number_command_id_ordinal_key" ON "ticket_event"("ticket_number", "command_id", "ordinal");

-- CreateIndex
CREATE INDEX "ticket_watcher_user_id_idx" ON "ticket_watcher"("user_id");

-- CreateIndex
CREATE INDEX "ticket_link_to_number_idx" ON "ticket_link"("to_number");

-- AddForeignKey
ALTER TABLE "user_department" ADD CONSTRAINT "user_department_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "app_user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "user_department" ADD CONSTRAINT "user_department_department_id_fkey" FOREIGN KEY ("department_id") REFERENCES "department"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "session" ADD CONSTRAINT "session_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "app_user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "api_token" ADD CONSTRAINT "api_token_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "app_user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sender" ADD CONSTRAINT "sender_department_id_fkey" FOREIGN KEY ("department_id") REFERENCES "department"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "mailbox" ADD CONSTRAINT "mailbox_department_id_fkey" FOREIGN KEY ("department_id") REFERENCES "department"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "category" ADD CONSTRAINT "category_parent_id_fkey" FOREIGN KEY ("parent_id") REFERENCES "category"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "category" ADD CONSTRAINT "category_department_id_fkey" FOREIGN KEY ("department_id") REFERENCES "department"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "mail" ADD CONSTRAINT "mail_mailbox_id_fkey" FOREIGN KEY ("mailbox_id") REFERENCES "mailbox"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "attachment" ADD CONSTRAINT "attachment_message_id_fkey" FOREIGN KEY ("message_id") REFERENCES "message"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "attachment" ADD CONSTRAINT "attachment_note_id_fkey" FOREIGN KEY ("note_id") REFERENCES "note"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ticket" ADD CONSTRAINT "ticket_department_id_fkey" FOREIGN KEY ("department_id") REFERENCES "department"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ticket_event" ADD CONSTRAINT "ticket_event_ticket_number_fkey" FOREIGN KEY ("ticket_number") REFERENCES "ticket"("number") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ticket_watcher" ADD CONSTRAINT "ticket_watcher_ticket_number_fkey" FOREIGN KEY ("ticket_number") REFERENCES "ticket"("number") ON DELETE RESTRICT ON UPDATE CASCADE;

