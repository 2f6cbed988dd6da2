-- Those that survive; a view's column.
CREATE TABLE jobs (id int PRIMARY KEY, relation regclass, type regtype, owner regrole, call text);
CREATE VIEW calls AS SELECT id, 'now()'::regprocedure AS call FROM jobs;
