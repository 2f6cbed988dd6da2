-- source time zone: Europe/Berlin
CREATE TABLE users (id int PRIMARY KEY, seen timestamp);
INSERT INTO users VALUES (1, '2025-03-30 03:00'), (2, '2025-10-26 03:00'), (3, NULL), (4, '-infinity');
