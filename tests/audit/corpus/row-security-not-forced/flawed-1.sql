-- finds: GNK-A004 public.accounts: The policies of table accounts do not bind its owner corpus_app, as whom one can log in.
CREATE ROLE corpus_app LOGIN;
CREATE TABLE accounts (id int PRIMARY KEY, owner text);
ALTER TABLE accounts ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON accounts USING (owner = current_user);
ALTER TABLE accounts OWNER TO corpus_app;
