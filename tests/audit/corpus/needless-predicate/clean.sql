-- A column that may be NULL, alone and beside one that may not; another condition; none.
CREATE TABLE users (id int PRIMARY KEY, name text, age int NOT NULL);
CREATE INDEX ON users (name) WHERE name IS NOT NULL;
CREATE INDEX ON users (age, name) WHERE name IS NOT NULL AND age IS NOT NULL;
CREATE INDEX ON users (age) WHERE age > 17;
CREATE INDEX ON users (name, age);
