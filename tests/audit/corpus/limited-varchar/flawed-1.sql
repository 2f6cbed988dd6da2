-- finds: GNK-S023 public: Column users.name of schema public is a varchar with a limit.
CREATE TABLE users (id int PRIMARY KEY, name varchar(50));
