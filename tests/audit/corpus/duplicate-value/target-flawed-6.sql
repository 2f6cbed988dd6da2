CREATE EXTENSION citext;
CREATE TABLE p (id int PRIMARY KEY, k numeric UNIQUE, day date UNIQUE, code int, who citext UNIQUE);
CREATE UNIQUE INDEX p_code ON p (code);
