-- finds: GNK-S020 public.bills.total: Column bills.total is of type money.
CREATE TABLE bills (id int PRIMARY KEY, total money);
