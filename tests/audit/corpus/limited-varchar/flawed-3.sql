-- finds: GNK-S023 public: Column User.theName of schema public is a varchar with a limit.
CREATE TABLE "User" (id int PRIMARY KEY, "theName" varchar(50) NOT NULL DEFAULT '', nick varchar);
