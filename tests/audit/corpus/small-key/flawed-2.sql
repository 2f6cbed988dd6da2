-- finds: GNK-S024 public: 2 keys of schema public are generated as integers, which end at two billion at most.
CREATE TABLE users (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
CREATE TABLE dogs (id smallserial PRIMARY KEY, name text);
