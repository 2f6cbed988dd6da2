-- The target gives the tables to a role that nobody logs in as: the member does not inherit.
CREATE ROLE corpus_owner;
CREATE ROLE corpus_app LOGIN NOINHERIT IN ROLE corpus_owner;
CREATE TABLE accounts (id int PRIMARY KEY, owner text);
