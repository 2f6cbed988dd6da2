CREATE TABLE product (
    id integer PRIMARY KEY,
    name text NOT NULL,
    price text NOT NULL,
    sold boolean NOT NULL DEFAULT false,
    price_in_cents integer
);
CREATE INDEX product_name ON product (name);
