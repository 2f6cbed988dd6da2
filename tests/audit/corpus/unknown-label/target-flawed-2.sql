CREATE TYPE new AS ENUM ('a', 'b');
CREATE TABLE things (id int PRIMARY KEY, the_kind new NOT NULL);
