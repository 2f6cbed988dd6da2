-- finds: GNK-S018 public.shops.opens: Column shops.opens is an hour with a time zone.
CREATE TABLE shops (id int PRIMARY KEY, opens timetz);
