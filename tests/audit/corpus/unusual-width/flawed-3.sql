-- finds: GNK-S033 public.Wide: Table Wide has 31 columns.
DO $$ BEGIN EXECUTE (SELECT 'CREATE TABLE "Wide" (' || string_agg(format('c%s int', n), ', ') || ')' FROM generate_series(1, 31) AS n); END $$;
