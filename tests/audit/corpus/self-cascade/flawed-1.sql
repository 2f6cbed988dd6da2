-- finds: GNK-S016 public.people.people_boss_fkey: Deleting a row of people deletes all that refer to it by (boss), and all that refer to those.
CREATE TABLE people (id int PRIMARY KEY, boss int REFERENCES people ON DELETE CASCADE);
