-- finds: GNK-D004 public.cards.cards_person_fkey: One row of cards (person) refers to no row of people.
-- A column that the table inherits, and rows of its own alone.
CREATE TABLE people (id int PRIMARY KEY);
CREATE TABLE owned (person int);
CREATE TABLE cards (number int PRIMARY KEY) INHERITS (owned);
CREATE TABLE gold () INHERITS (cards);
INSERT INTO cards (number, person) VALUES (1, 7), (2, NULL);
INSERT INTO gold (number, person) VALUES (3, 8);
