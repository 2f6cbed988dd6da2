-- finds: GNK-S046 public.totals: Materialized view totals has no unique index of all its rows, so that a refresh locks its readers out.
-- An index that is not unique, and one for a part of the rows.
CREATE MATERIALIZED VIEW totals AS SELECT 1 AS id, 2 AS n;
CREATE INDEX ON totals (id);
CREATE UNIQUE INDEX ON totals (id) WHERE n > 1;
