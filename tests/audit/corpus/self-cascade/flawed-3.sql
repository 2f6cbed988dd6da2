-- finds: GNK-S016 public.Person.Person_theBoss_fkey: Deleting a row of Person deletes all that refer to it by (theBoss), and all that refer to those.
-- One of two.
CREATE TABLE "Person" (
    id int PRIMARY KEY, "theBoss" int REFERENCES "Person" ON UPDATE CASCADE ON DELETE CASCADE,
    friend int REFERENCES "Person"
);
