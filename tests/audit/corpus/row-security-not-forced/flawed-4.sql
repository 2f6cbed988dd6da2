-- finds: GNK-TA004 public.accounts: Target: The policies of table accounts do not bind its owner corpus_owner, as whom one can log in.
-- The target gives the table to a role whose privileges a login of this server inherits.
CREATE ROLE corpus_owner;
CREATE ROLE corpus_between IN ROLE corpus_owner;
CREATE ROLE corpus_app LOGIN IN ROLE corpus_between;
CREATE TABLE accounts (id int PRIMARY KEY, owner text);
