-- A total for each currency instead of one, and the words that a purchase request is found by.
ALTER TABLE purchase ADD COLUMN totals jsonb NOT NULL DEFAULT '[]', ADD COLUMN words text NOT NULL DEFAULT '';
UPDATE purchase SET totals = jsonb_build_array(jsonb_build_object('currency', data->>'currency', 'amount', data->>'total')),
  words = lower(concat_ws(' ', data->>'title', data->>'orderReference', (
    SELECT string_agg(concat_ws(' ', x.line->>'item', x.line->>'supplier', x.line->>'costCentre'), ' ' ORDER BY x.position) FROM jsonb_array_elements(data->'lines') WITH ORDINALITY AS x(line, position))));
ALTER TABLE purchase ALTER COLUMN totals DROP DEFAULT, ALTER COLUMN words DROP DEFAULT, DROP COLUMN currency, DROP COLUMN total;
CREATE INDEX purchase_newest ON purchase (created_at DESC, id DESC);
