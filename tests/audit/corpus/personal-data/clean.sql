-- A network's address, a flag about an e-mail, a view.
CREATE TABLE nodes (
    id int PRIMARY KEY, node_address text, email_verified boolean, name text, street_count int
);
CREATE VIEW people AS SELECT name AS email FROM nodes;
CREATE TABLE switches (id int PRIMARY KEY, feed_token boolean, tokens int);
