-- The target's have a path of their own, an empty one, or names that are looked up already.
CREATE SCHEMA shop;
