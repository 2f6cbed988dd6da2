CREATE TABLE logs (id int PRIMARY KEY) WITH (autovacuum_enabled = true);
CREATE TABLE lines (id int PRIMARY KEY) WITH (autovacuum_vacuum_scale_factor = 0.01);
