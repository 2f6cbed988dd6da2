-- finds: GNK-S044 public.Orders: Sequence Orders ends at 2,147,483,647, but its column orders.id is bigint.
-- A bigint with an old limit, as dumps of old versions have it, and a quoted name.
CREATE SEQUENCE "Orders" MAXVALUE 2147483647;
CREATE TABLE orders (id bigint PRIMARY KEY DEFAULT nextval('"Orders"'));
ALTER SEQUENCE "Orders" OWNED BY orders.id;
