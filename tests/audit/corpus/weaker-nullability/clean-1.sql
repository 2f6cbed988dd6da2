-- The target is stricter.
CREATE TABLE users (id int PRIMARY KEY, name text);
