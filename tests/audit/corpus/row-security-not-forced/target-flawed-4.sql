CREATE ROLE corpus_owner;
CREATE TABLE accounts (id int PRIMARY KEY, owner text);
ALTER TABLE accounts ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON accounts USING (owner = current_user);
ALTER TABLE accounts OWNER TO corpus_owner;
