-- finds: GNK-S021 public: 3 columns of schema public are json and not jsonb.
CREATE TABLE events (id int PRIMARY KEY, body json, bodies json[]);
CREATE TABLE logs (id int PRIMARY KEY, body json);
