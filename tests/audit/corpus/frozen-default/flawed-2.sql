-- finds: GNK-S054 public.Orders.madeOn: The default of column Orders.madeOn is the moment at which it was declared.
-- finds: GNK-S054 public.Orders.at
-- finds: GNK-S054 public.Orders.hour
CREATE TABLE "Orders" (
    id int PRIMARY KEY, "madeOn" date DEFAULT '2024-05-17'::date, hour time DEFAULT 'now'::time,
    at timestamp DEFAULT 'now'::timestamp
);
