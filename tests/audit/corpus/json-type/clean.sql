CREATE TABLE events (id int PRIMARY KEY, body jsonb, json text);
