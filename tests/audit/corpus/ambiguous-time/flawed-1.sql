-- finds: GNK-D011 public.users.seen: 2 times of users.seen came twice or never in Europe/Berlin.
-- source time zone: Europe/Berlin
CREATE TABLE users (id int PRIMARY KEY, seen timestamp);
INSERT INTO users VALUES
    (1, '2025-03-30 02:30'), (2, '2025-10-26 02:30'), (3, '2025-10-26 01:59:59'), (4, 'infinity');
