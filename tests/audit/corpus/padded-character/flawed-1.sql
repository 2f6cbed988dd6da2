-- finds: GNK-S019 public.countries.code: Column countries.code is char(2), which is filled up with spaces.
CREATE TABLE countries (code char(2) PRIMARY KEY);
