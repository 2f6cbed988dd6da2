-- finds: GNK-S036 public.Dog: Table Dog inherits from animals, pets.
-- From two.
CREATE TABLE animals (id int PRIMARY KEY);
CREATE TABLE pets (owner text);
CREATE TABLE "Dog" () INHERITS (animals, pets);
