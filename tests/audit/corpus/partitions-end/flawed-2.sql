-- finds: GNK-O013 public.visits
-- Over within days.
CREATE TABLE visits (id int, at timestamptz) PARTITION BY RANGE (at);
DO $$ BEGIN
    EXECUTE format(
        'CREATE TABLE visits_1 PARTITION OF visits FOR VALUES FROM (%L) TO (%L)', now() - interval '9 days', now() + interval '9 days'
    );
END $$;
