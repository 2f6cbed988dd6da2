-- With a unit that is none of money.
CREATE TABLE plans (
    id int PRIMARY KEY, cost_ms float8, "costEstimateRows" float8, balance_days real,
    amount_ml real, credit_points real, currency text
);
