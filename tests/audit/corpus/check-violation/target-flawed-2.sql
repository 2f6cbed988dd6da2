CREATE TABLE users (id int PRIMARY KEY, the_age int CHECK (the_age > 17));
