-- needs: PostgreSQL 15
CREATE TABLE seats (id int PRIMARY KEY, line int, seat int, UNIQUE NULLS NOT DISTINCT (line, seat));
CREATE UNIQUE INDEX seats_seat ON seats (seat, line) NULLS NOT DISTINCT;
