-- finds: GNK-A024 public.notes.own: Policy notes.own looks for rows by tenant_id, which no index begins with.
-- A tenant by a setting, on the right side; the column stands second in an index.
CREATE TABLE notes (id int PRIMARY KEY, tenant_id int NOT NULL, day date);
CREATE INDEX ON notes (day, tenant_id);
CREATE POLICY own ON notes FOR SELECT USING ((SELECT current_setting('app.tenant')::int) = tenant_id);
