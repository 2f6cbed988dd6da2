-- finds: GNK-S055 public.orders.status: 3 of the 5 labels of orders.status are one with another but for case or spaces.
CREATE TABLE orders (id int PRIMARY KEY, status varchar(20));
INSERT INTO orders
SELECT n, (ARRAY['active', 'Active', 'active ', 'deleted', 'done'])[1 + n % 5]
FROM generate_series(1, 500) AS n;
ANALYZE orders;
