-- finds: GNK-A007 public: Everybody who can connect has SELECT on 4 tables, views or sequences of schema public.
-- finds: GNK-A007 public.e: Everybody who can connect may insert and select table e.
-- Default privileges have given what is read; what is written is told by itself.
ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC;
CREATE TABLE a (id int PRIMARY KEY);
CREATE TABLE b (id int PRIMARY KEY);
CREATE TABLE c (id int PRIMARY KEY);
CREATE VIEW d AS SELECT id FROM a;
CREATE TABLE e (id int PRIMARY KEY);
GRANT INSERT ON e TO PUBLIC;
