-- finds: GNK-O013 public.empty: Table empty is partitioned and has no partition: it takes no row.
-- finds: GNK-O013 public.hashed: The partitions of hashed leave remainders out: 3 of 4 rows are refused.
CREATE TABLE empty (id int) PARTITION BY LIST (id);
CREATE TABLE hashed (id int) PARTITION BY HASH (id);
CREATE TABLE hashed_0 PARTITION OF hashed FOR VALUES WITH (MODULUS 4, REMAINDER 0);
