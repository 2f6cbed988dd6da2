-- finds: GNK-S020 public.bills.totals: Column bills.totals is of type money.
CREATE TABLE bills (id int PRIMARY KEY, totals money[]);
