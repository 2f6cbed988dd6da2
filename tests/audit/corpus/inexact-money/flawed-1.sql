-- finds: GNK-S022 public.bills.price: Column bills.price looks like an amount of money and is double precision.
CREATE TABLE bills (id int PRIMARY KEY, price double precision);
