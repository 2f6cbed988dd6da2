-- finds: GNK-A004 public.accounts: The policies of table accounts do not bind its owner corpus_owner, as whom one can log in.
-- A member of the owner passes for it.
CREATE ROLE corpus_owner;
CREATE ROLE corpus_app LOGIN IN ROLE corpus_owner;
CREATE TABLE accounts (id int PRIMARY KEY, owner text);
ALTER TABLE accounts ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON accounts USING (owner = current_user);
ALTER TABLE accounts OWNER TO corpus_owner;
