-- finds: GNK-O013 public.visits: The partitions of visits ended at 2001-03-01 00:00:00+00, and there is no default one.
-- By day, long over; partitions in any order.
SET TIME ZONE 'UTC';
CREATE TABLE visits (day date PRIMARY KEY) PARTITION BY RANGE (day);
CREATE TABLE visits_2 PARTITION OF visits FOR VALUES FROM ('2001-02-01') TO ('2001-03-01');
CREATE TABLE visits_1 PARTITION OF visits FOR VALUES FROM ('2001-01-01') TO ('2001-02-01');
