-- finds: GNK-S015 public.people: Tables people, teams refer to each other in a circle, and no first row can get in by itself.
CREATE TABLE teams (id int PRIMARY KEY, head int NOT NULL);
CREATE TABLE people (id int PRIMARY KEY, team int NOT NULL REFERENCES teams);
ALTER TABLE teams ADD FOREIGN KEY (head) REFERENCES people;
