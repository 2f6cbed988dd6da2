CREATE TYPE mood AS ENUM ('fine', 'bad', 'it''s');
CREATE TABLE users (id int PRIMARY KEY, mood mood);
