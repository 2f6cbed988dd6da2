CREATE TABLE users (id int PRIMARY KEY, active bool, name text, flags bool[]);
CREATE INDEX users_id_active ON users (id) WHERE active;
CREATE INDEX users_active_rare ON users (active) WHERE NOT active;
CREATE INDEX users_active_name ON users (active, name);
CREATE INDEX users_active_covering ON users (active) INCLUDE (name);
CREATE INDEX users_flags ON users USING gin (flags);
CREATE TABLE settings (only_one bool NOT NULL, name text);
CREATE UNIQUE INDEX settings_one ON settings (only_one);
