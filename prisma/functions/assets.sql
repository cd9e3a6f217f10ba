-- Who changed what is only ever added to.
CREATE OR REPLACE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'The history of assets is only added to.';
END
$$;

CREATE OR REPLACE TRIGGER asset_history_append_only BEFORE UPDATE OR DELETE ON asset_history
  FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();
