-- finds: GNK-S048 shop.Jobs.Calls: Column shop.Jobs.Calls is of type regprocedure[], which no upgrade takes along.
-- An array of them.
CREATE SCHEMA shop;
CREATE TABLE shop."Jobs" (id int PRIMARY KEY, "Calls" regprocedure[]);
