-- Keys, whole rows, a unique index that was chosen; inserts alone; not published.
CREATE TABLE users (id int PRIMARY KEY);
CREATE TABLE lines (line text);
ALTER TABLE lines REPLICA IDENTITY FULL;
CREATE TABLE codes (code int NOT NULL);
CREATE UNIQUE INDEX codes_code ON codes (code);
ALTER TABLE codes REPLICA IDENTITY USING INDEX codes_code;
CREATE TABLE days (day date, id int, PRIMARY KEY (day, id)) PARTITION BY RANGE (day);
CREATE TABLE days_1 PARTITION OF days FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE PUBLICATION keys FOR TABLE users, lines, codes, days;
CREATE TABLE logs (line text);
CREATE PUBLICATION additions FOR TABLE logs WITH (publish = 'insert, truncate');
CREATE TABLE others (line text);
