-- The target has a policy; and a table that nobody but the owner reaches.
CREATE TABLE accounts (id int PRIMARY KEY, owner text);
