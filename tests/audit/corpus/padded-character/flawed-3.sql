-- finds: GNK-S019 public.Country.isoCode: Column Country.isoCode is char(3), which is filled up with spaces.
CREATE TABLE "Country" (id int PRIMARY KEY, "isoCode" char(3) NOT NULL);
