-- finds: GNK-S046 public.totals: Materialized view totals has no unique index of all its rows, so that a refresh locks its readers out.
-- No index at all.
CREATE MATERIALIZED VIEW totals AS SELECT 1 AS id;
