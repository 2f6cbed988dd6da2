-- finds: GNK-A023 public.Notes.own: Policy Notes.own calls current_setting(), public."Who"() for every row.
-- One once a statement and others not, with a name that needs quotes.
CREATE FUNCTION "Who"(n int) RETURNS text LANGUAGE sql STABLE AS 'SELECT current_user::text';
CREATE TABLE "Notes" (id int PRIMARY KEY, owner text);
CREATE POLICY own ON "Notes" USING (
    owner = (SELECT current_setting('app.a')) OR owner = current_setting('app.b') OR owner = "Who"(1)
);
