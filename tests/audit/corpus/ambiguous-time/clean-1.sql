-- In UTC every time is one moment.
CREATE TABLE users (id int PRIMARY KEY, seen timestamp);
INSERT INTO users VALUES (1, '2025-03-30 02:30'), (2, '2025-10-26 02:30');
