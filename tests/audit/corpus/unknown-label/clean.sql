-- Labels that nobody uses may go.
CREATE TYPE kind AS ENUM ('a', 'b', 'c');
CREATE TABLE things (id int PRIMARY KEY, kind kind, mood text);
INSERT INTO things VALUES (1, 'a', 'fine'), (2, NULL, NULL);
