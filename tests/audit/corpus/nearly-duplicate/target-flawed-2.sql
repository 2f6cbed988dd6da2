CREATE TABLE users (id int PRIMARY KEY, the_name varchar(20), born date, UNIQUE (the_name, born));
