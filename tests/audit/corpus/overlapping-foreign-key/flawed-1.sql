-- finds: GNK-S013 public.dogs.FK_2: Foreign key FK_2 of dogs (owner) repeats FK_1.
CREATE TABLE users (id int PRIMARY KEY);
CREATE TABLE dogs (
    id int PRIMARY KEY, owner int,
    CONSTRAINT "FK_1" FOREIGN KEY (owner) REFERENCES users,
    CONSTRAINT "FK_2" FOREIGN KEY (owner) REFERENCES users ON DELETE CASCADE
);
