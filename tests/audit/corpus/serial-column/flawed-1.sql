-- finds: GNK-S025 public: Column users.id of schema public is a serial, not an identity column.
CREATE TABLE users (id bigserial PRIMARY KEY);
