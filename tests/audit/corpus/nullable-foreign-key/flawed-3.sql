-- finds: GNK-S049 shop.Dogs.MATCH FULL: Foreign key shop.Dogs (owner, Old house) is not checked where Old house is NULL.
-- Names that need quotes, and one that looks like the clause.
CREATE SCHEMA shop;
CREATE TABLE shop.users (id int, house int, PRIMARY KEY (id, house));
CREATE TABLE shop."Dogs" (
    id int PRIMARY KEY, owner int NOT NULL, "Old house" int,
    CONSTRAINT "MATCH FULL" FOREIGN KEY (owner, "Old house") REFERENCES shop.users
);
