CREATE TABLE people (id int PRIMARY KEY);
CREATE TABLE owned (person int);
CREATE TABLE cards (number int PRIMARY KEY) INHERITS (owned);
CREATE TABLE gold () INHERITS (cards);
ALTER TABLE cards ADD FOREIGN KEY (person) REFERENCES people;
