-- finds: GNK-S046 shop.Totals: Materialized view shop.Totals has no unique index of all its rows, so that a refresh locks its readers out.
-- Of an expression, in another schema.
CREATE SCHEMA shop;
CREATE MATERIALIZED VIEW shop."Totals" AS SELECT 'a'::text AS name;
CREATE UNIQUE INDEX ON shop."Totals" (lower(name));
