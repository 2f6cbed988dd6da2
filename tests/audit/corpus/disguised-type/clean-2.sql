-- Written in digits, and no quantities.
CREATE TABLE t (
    id int PRIMARY KEY, code text, version text, "orderNumber" text, account_no text, phone text
);
INSERT INTO t
SELECT n, 100 + n, '1.' || n, 9000 + n, 5000 + n, 300000 + n FROM generate_series(1, 50) AS n;
ANALYZE t;
