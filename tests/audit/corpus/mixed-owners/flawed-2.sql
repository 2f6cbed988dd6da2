-- finds: GNK-A016 public: 2 of the tables of schema public belong to others than corpus_owner.
-- Three owners.
CREATE ROLE corpus_owner;
CREATE ROLE corpus_ada;
CREATE TABLE a (id int PRIMARY KEY);
CREATE TABLE b (id int PRIMARY KEY);
CREATE TABLE "C" (id int PRIMARY KEY);
CREATE TABLE "D" (id int PRIMARY KEY);
ALTER TABLE a OWNER TO corpus_owner;
ALTER TABLE b OWNER TO corpus_owner;
ALTER TABLE "C" OWNER TO corpus_ada;
