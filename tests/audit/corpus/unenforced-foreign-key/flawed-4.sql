-- finds: GNK-S043 public.days.days_owner_fkey: Foreign key days.days_owner_fkey is not enforced: its triggers are disabled.
-- finds: GNK-S043 public.dogs.dogs_owner_fkey: Foreign key dogs.dogs_owner_fkey is not enforced: its triggers are disabled. One row refers to no row of users.
-- A row got in; and the triggers of one partition alone.
CREATE TABLE users (id int PRIMARY KEY);
CREATE TABLE dogs (id int PRIMARY KEY, owner int REFERENCES users);
ALTER TABLE dogs DISABLE TRIGGER ALL;
INSERT INTO dogs VALUES (1, 7);
CREATE TABLE days (day int, owner int REFERENCES users) PARTITION BY RANGE (day);
CREATE TABLE days_1 PARTITION OF days FOR VALUES FROM (1) TO (2);
ALTER TABLE days_1 DISABLE TRIGGER ALL;
