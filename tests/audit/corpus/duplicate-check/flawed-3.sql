-- finds: GNK-S045 public.Days.Week "2": Constraint Days.Week "2" says the same as Week.
-- Of a partitioned table, with names that need quotes.
CREATE TABLE "Days" (day date PRIMARY KEY, n int, CONSTRAINT "Week" CHECK (n < 8), CONSTRAINT "Week ""2""" CHECK (n < 8))
PARTITION BY RANGE (day);
CREATE TABLE days_1 PARTITION OF "Days" DEFAULT;
