-- finds: GNK-A015 public: 2 tables of schema public belong to the superuser corpus_chief.
CREATE ROLE corpus_chief SUPERUSER;
CREATE TABLE users (id int PRIMARY KEY);
CREATE TABLE days (day date PRIMARY KEY) PARTITION BY RANGE (day);
ALTER TABLE users OWNER TO corpus_chief;
ALTER TABLE days OWNER TO corpus_chief;
