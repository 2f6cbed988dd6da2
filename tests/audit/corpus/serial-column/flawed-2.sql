-- finds: GNK-S025 public: 3 columns of schema public are serial, not identity columns.
CREATE TABLE users (id serial PRIMARY KEY, number smallserial);
CREATE TABLE dogs (id bigserial PRIMARY KEY);
