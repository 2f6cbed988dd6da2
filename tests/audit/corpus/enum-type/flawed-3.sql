-- finds: GNK-S026 other: Type mood of schema other is an enum, whose labels cannot be removed.
CREATE SCHEMA other;
CREATE TYPE other.mood AS ENUM ();
