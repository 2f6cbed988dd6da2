-- finds: GNK-S022 public.bills.amounts: Column bills.amounts looks like an amount of money and is real[].
-- finds: GNK-S022 public.bills.fees: Column bills.fees looks like an amount of money and is double precision.
-- finds: GNK-S022 public.bills.total_amount: Column bills.total_amount looks like an amount of money and is real.
CREATE TABLE bills (id int PRIMARY KEY, total_amount real, fees float8, amounts float4[]);
