-- finds: GNK-S024 public: The key users.id of schema public is generated as an integer, which ends at two billion at most.
CREATE TABLE users (id serial PRIMARY KEY);
