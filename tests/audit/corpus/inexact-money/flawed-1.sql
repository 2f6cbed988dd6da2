-- finds: GNK-S022 public.bills.discount: Column bills.discount looks like an amount of money and is double precision.
-- finds: GNK-S022 public.bills.price: Column bills.price looks like an amount of money and is double precision.
CREATE TABLE bills (id int PRIMARY KEY, price double precision, discount float8);
