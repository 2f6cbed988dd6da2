-- A small shop as a careful DBA would make it: no check has anything above info to say.
CREATE TABLE customer (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email text NOT NULL UNIQUE CHECK (email LIKE '%@%'),
    name text NOT NULL,
    born_on date,
    introduced_by bigint REFERENCES customer,
    created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE customer IS 'Whoever has ever bought something.';
CREATE INDEX customer_introduced_by ON customer (introduced_by);
CREATE INDEX customer_created_at ON customer (created_at DESC);
CREATE INDEX customer_lower_name ON customer (lower(name));

CREATE TABLE product (
    id uuid PRIMARY KEY,
    title text NOT NULL,
    price numeric(12, 2) NOT NULL CHECK (price >= 0),
    properties jsonb NOT NULL DEFAULT '{}',
    tags text[] NOT NULL DEFAULT '{}',
    is_offered boolean NOT NULL DEFAULT true
);
COMMENT ON TABLE product IS 'What can be bought.';
CREATE INDEX product_tags ON product USING gin (tags);
CREATE INDEX product_title_offered ON product (title) WHERE is_offered;

CREATE TABLE purchase (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id bigint NOT NULL REFERENCES customer ON DELETE CASCADE,
    status text NOT NULL CHECK (status IN ('open', 'paid', 'sent')),
    paid_at timestamptz
);
COMMENT ON TABLE purchase IS 'One order of one customer.';
CREATE INDEX purchase_customer_id ON purchase (customer_id, paid_at DESC);

CREATE TABLE purchase_item (
    purchase_id bigint NOT NULL REFERENCES purchase ON DELETE CASCADE,
    product_id uuid NOT NULL REFERENCES product,
    quantity integer NOT NULL CHECK (quantity > 0),
    PRIMARY KEY (purchase_id, product_id)
);
COMMENT ON TABLE purchase_item IS 'What an order consists of.';
CREATE INDEX purchase_item_product_id ON purchase_item (product_id);

CREATE TABLE visit (
    day date NOT NULL,
    customer_id bigint NOT NULL REFERENCES customer,
    pages integer NOT NULL,
    PRIMARY KEY (day, customer_id)
) PARTITION BY RANGE (day);
COMMENT ON TABLE visit IS 'How much a customer looked at on one day.';
CREATE TABLE visit_2025 PARTITION OF visit FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE visit_later PARTITION OF visit DEFAULT;
CREATE INDEX visit_customer_id ON visit (customer_id);

INSERT INTO customer (email, name) VALUES ('ada@example.org', 'Ada'), ('ben@example.org', 'Ben');
INSERT INTO product (id, title, price)
VALUES ('11111111-1111-4111-8111-111111111111', 'Tea', 4.50);
INSERT INTO purchase (customer_id, status) VALUES (1, 'open'), (2, 'paid');
INSERT INTO purchase_item VALUES (1, '11111111-1111-4111-8111-111111111111', 2);
INSERT INTO visit VALUES ('2025-03-01', 1, 7);
