-- finds: GNK-S020 public.Bill.net: Column Bill.net is of type money.
-- finds: GNK-S020 public.Bill.theTotal: Column Bill.theTotal is of type money.
CREATE TABLE "Bill" (id int PRIMARY KEY, "theTotal" money NOT NULL DEFAULT 0, net money);
