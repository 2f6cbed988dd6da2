-- finds: GNK-S021 other: Column events.body of schema other is json and not jsonb.
-- finds: GNK-S021 public: Column events.theBody of schema public is json and not jsonb.
-- One for each schema.
CREATE SCHEMA other;
CREATE TABLE events (id int PRIMARY KEY, "theBody" json);
CREATE TABLE other.events (id int PRIMARY KEY, body json);
