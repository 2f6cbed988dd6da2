-- finds: GNK-S023 public: 4 columns of schema public are varchar with a limit.
CREATE TABLE users (id int PRIMARY KEY, name varchar(50), mail varchar(255), tags varchar(9)[]);
CREATE TABLE dogs (id int PRIMARY KEY, name varchar(10));
