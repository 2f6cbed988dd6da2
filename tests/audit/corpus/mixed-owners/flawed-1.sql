-- finds: GNK-A016 public: 1 of the tables of schema public belongs to others than corpus_owner.
CREATE ROLE corpus_owner;
CREATE ROLE corpus_ada;
CREATE TABLE users (id int PRIMARY KEY);
CREATE TABLE dogs (id int PRIMARY KEY);
CREATE TABLE cats (id int PRIMARY KEY);
ALTER TABLE users OWNER TO corpus_owner;
ALTER TABLE dogs OWNER TO corpus_owner;
ALTER TABLE cats OWNER TO corpus_ada;
