-- finds: GNK-D009 public.dogs.owner: One value of dogs.owner matches no row of users by id.
-- Numbers become identifiers.
CREATE TABLE users (id int PRIMARY KEY, number int UNIQUE);
CREATE TABLE dogs (id int PRIMARY KEY, owner uuid);
INSERT INTO dogs VALUES (1, '11111111-1111-4111-8111-111111111111'), (2, NULL);
