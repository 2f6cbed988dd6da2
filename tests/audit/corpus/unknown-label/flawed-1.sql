-- finds: GNK-D007 public.users.mood: One value of users.mood is no label of the target's mood.
-- A text becomes an enum.
CREATE TABLE users (id int PRIMARY KEY, mood text);
INSERT INTO users VALUES (1, 'fine'), (2, 'awful'), (3, NULL), (4, 'it''s');
