-- finds: GNK-S022 public.doses.amount: Column doses.amount may be an amount of money and is double precision.
-- finds: GNK-S022 public.orders.amount: Column orders.amount looks like an amount of money and is double precision.
-- finds: GNK-S022 public.orders.price_per_kg: Column orders.price_per_kg looks like an amount of money and is real.
-- What else the table speaks of decides.
CREATE TABLE doses (id int PRIMARY KEY, amount float8, unit text);
CREATE TABLE orders (id int PRIMARY KEY, amount float8, "currencyCode" text, price_per_kg real);
