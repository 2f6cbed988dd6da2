-- finds: GNK-A021 public: 2 columns of schema public speak of people or secrets.
CREATE TABLE users (id int PRIMARY KEY, email text, name text, phone_number text);
