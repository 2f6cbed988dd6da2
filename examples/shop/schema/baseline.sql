CREATE TYPE order_state AS ENUM ('new', 'paid', 'sent');

CREATE TABLE customers (
    id serial PRIMARY KEY,
    email text NOT NULL UNIQUE,
    name text NOT NULL,
    street text,
    zip text,
    city text
);

CREATE TABLE orders (
    id serial PRIMARY KEY,
    customer text NOT NULL,
    state order_state NOT NULL DEFAULT 'new',
    placed timestamp NOT NULL DEFAULT now(),
    sent timestamp,
    total numeric(10, 2) NOT NULL CHECK (total >= 0)
);
CREATE INDEX orders_placed_idx ON orders (placed);

CREATE TABLE order_lines (
    order_id integer NOT NULL REFERENCES orders ON DELETE CASCADE,
    line_no smallint NOT NULL,
    product text NOT NULL,
    quantity integer NOT NULL DEFAULT 1 CHECK (quantity > 0),
    PRIMARY KEY (order_id, line_no)
);
