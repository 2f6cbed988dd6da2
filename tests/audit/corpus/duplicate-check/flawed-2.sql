-- finds: GNK-S045 public.users.b: Constraint users.b says the same as a.
-- finds: GNK-S045 public.users.c: Constraint users.c says the same as a.
-- Three of them, one spelt otherwise, one never validated.
CREATE TABLE users (
    id int PRIMARY KEY, name text NOT NULL, CONSTRAINT a CHECK (name <> ''), CONSTRAINT b CHECK ((name) != '')
);
ALTER TABLE users ADD CONSTRAINT c CHECK (name <> '') NOT VALID;
