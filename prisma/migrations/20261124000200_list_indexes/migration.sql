-- The counts beside each view, and the list of tickets whose mail did not arrive.
CREATE INDEX "ticket_department_id_status_owner_id_idx" ON "ticket"("department_id", "status", "owner_id");
CREATE INDEX "ticket_delivery_trouble_idx" ON "ticket"("updated_at" DESC, "number" DESC) WHERE "delivery_trouble";
