-- finds: GNK-S026 public: Type mood of schema public is an enum, whose labels cannot be removed.
CREATE TYPE mood AS ENUM ('fine', 'bad');
