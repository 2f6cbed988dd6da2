-- finds: GNK-S036 public.dogs: Table dogs inherits from animals.
CREATE TABLE animals (id int PRIMARY KEY);
CREATE TABLE dogs (name text) INHERITS (animals);
