-- finds: GNK-S019 public.countries.code: Column countries.code is char(1), which is filled up with spaces.
-- finds: GNK-S019 public.countries.codes: Column countries.codes is char(3)[], which is filled up with spaces.
CREATE TABLE countries (id int PRIMARY KEY, code char, codes character(3)[]);
