-- finds: GNK-S044 public.orders_id_seq: Sequence orders_id_seq ends at 2,147,483,647, but its column orders.id is bigint.
-- A column that was widened, its sequence not.
CREATE TABLE orders (id serial PRIMARY KEY);
ALTER TABLE orders ALTER COLUMN id TYPE bigint;
