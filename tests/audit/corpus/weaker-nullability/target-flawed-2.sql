CREATE TABLE users (id int PRIMARY KEY, active bool DEFAULT true);
