-- finds: GNK-S017 public.parcels.box_id: Column parcels.box_id looks like a foreign key to boxes, but is none.
-- finds: GNK-S017 public.parcels.company_code: Column parcels.company_code looks like a foreign key to companies, but is none.
-- Plurals, a key of another name, and half of a primary key.
CREATE TABLE companies (code text PRIMARY KEY);
CREATE TABLE boxes (id bigint PRIMARY KEY);
CREATE TABLE parcels (company_code varchar(9), box_id bigint, PRIMARY KEY (company_code, box_id));
