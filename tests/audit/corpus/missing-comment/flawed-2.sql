-- finds: GNK-S032 public: 2 tables of schema public have no comment.
-- A comment on a column is another matter.
CREATE TABLE users (id int PRIMARY KEY);
COMMENT ON COLUMN users.id IS 'The number.';
CREATE TABLE dogs (id int PRIMARY KEY);
CREATE TABLE cats (id int PRIMARY KEY);
COMMENT ON TABLE cats IS 'All of them.';
