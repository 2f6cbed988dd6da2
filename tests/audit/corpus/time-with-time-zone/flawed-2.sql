-- finds: GNK-S018 public.shops.closes: Column shops.closes is an hour with a time zone.
-- finds: GNK-S018 public.shops.opens: Column shops.opens is an hour with a time zone.
CREATE TABLE shops (id int PRIMARY KEY, opens time(0) with time zone, closes timetz[]);
