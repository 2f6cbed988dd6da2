-- finds: GNK-S022 public.Bill.balanceBefore: Column Bill.balanceBefore looks like an amount of money and is double precision.
-- finds: GNK-S022 public.Bill.netAmounts: Column Bill.netAmounts looks like an amount of money and is double precision.
-- finds: GNK-S022 public.Bill.unitPrice: Column Bill.unitPrice looks like an amount of money and is real.
CREATE TABLE "Bill" (id int PRIMARY KEY, "unitPrice" real, "netAmounts" float8, "balanceBefore" float8);
