-- finds: GNK-S051 public: Nothing of schema public uses its type mood.
CREATE TYPE mood AS ENUM ('glad', 'sad');
COMMENT ON TYPE mood IS 'How somebody is';
CREATE TABLE people (id int PRIMARY KEY, mood text);
