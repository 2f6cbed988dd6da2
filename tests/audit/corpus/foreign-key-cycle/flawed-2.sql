-- finds: GNK-S015 public.people: Tables people, teams refer to each other in a circle.
-- It works, since one of the keys may be NULL.
CREATE TABLE teams (id int PRIMARY KEY, head int);
CREATE TABLE people (id int PRIMARY KEY, team int NOT NULL REFERENCES teams);
ALTER TABLE teams ADD FOREIGN KEY (head) REFERENCES people;
