-- finds: GNK-S018 public.Shop.opensAt: Column Shop.opensAt is an hour with a time zone.
CREATE TABLE "Shop" (id int PRIMARY KEY, "opensAt" timetz NOT NULL DEFAULT '09:00+01');
