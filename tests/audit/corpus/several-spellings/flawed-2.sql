-- finds: GNK-S055 public.Orders.theState: 2 of the 2 labels of Orders.theState are one with another but for case or spaces.
CREATE TABLE "Orders" (id int PRIMARY KEY, "theState" text, note text);
INSERT INTO "Orders"
SELECT n, (ARRAY['open', ' Open'])[1 + n % 2], md5(n::text) FROM generate_series(1, 500) AS n;
ANALYZE "Orders";
