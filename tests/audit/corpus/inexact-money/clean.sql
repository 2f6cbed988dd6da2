CREATE TABLE bills (
    id int PRIMARY KEY, price numeric(12, 2), cost_cents bigint, weight real, feedback real,
    coffee double precision, score float8, "amountless" float8, balanced real,
    price_ratio float8, "priceRatio" float8, discount_percent real
);
