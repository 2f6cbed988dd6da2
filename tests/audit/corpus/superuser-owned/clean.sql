CREATE ROLE corpus_owner;
CREATE TABLE users (id int PRIMARY KEY);
ALTER TABLE users OWNER TO corpus_owner;
