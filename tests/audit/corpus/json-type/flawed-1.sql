-- finds: GNK-S021 public: Column events.body of schema public is json and not jsonb.
CREATE TABLE events (id int PRIMARY KEY, body json);
