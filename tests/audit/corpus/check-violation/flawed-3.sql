-- finds: GNK-D003 public.users.users_mood_check: One row of users breaks the target's CHECK (((mood)::text = 'fine'::text)).
-- An enum's label that a check forbids.
CREATE TYPE mood AS ENUM ('fine', 'bad');
CREATE TABLE users (id int PRIMARY KEY, mood mood);
INSERT INTO users VALUES (1, 'fine'), (2, 'bad'), (3, NULL);
