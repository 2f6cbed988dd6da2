-- finds: GNK-S036 public.dogs: Table dogs inherits from other.animals.
-- finds: GNK-S036 public.puppies: Table puppies inherits from dogs.
-- Through another schema, and over two generations.
CREATE SCHEMA other;
CREATE TABLE other.animals (id int PRIMARY KEY);
CREATE TABLE dogs (name text) INHERITS (other.animals);
CREATE TABLE puppies (age int) INHERITS (dogs);
