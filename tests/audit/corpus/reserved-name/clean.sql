CREATE TABLE users (
    id int PRIMARY KEY, name text, type text, position int, timestamp timestamptz, time time, value int,
    key text, values int[], "User" text
);
