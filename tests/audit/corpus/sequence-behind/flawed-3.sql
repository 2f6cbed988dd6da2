-- finds: GNK-O011 shop.days.id
-- finds: GNK-O011 public.users.number: The next number for users.number is 1,001, and 2,000 is there already.
-- A partitioned table; a sequence that was set without having been used.
CREATE SCHEMA shop;
CREATE TABLE shop.days (id serial, day date, PRIMARY KEY (id, day)) PARTITION BY RANGE (day);
CREATE TABLE shop.days_1 PARTITION OF shop.days DEFAULT;
INSERT INTO shop.days VALUES (3, '2025-01-01');
CREATE TABLE users (id int PRIMARY KEY, number serial UNIQUE);
INSERT INTO users VALUES (1, 2000);
ALTER SEQUENCE users_number_seq RESTART 1001;
