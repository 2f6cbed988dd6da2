-- One spelling each; letters that mean two things; many values; a domain of answers.
CREATE TABLE orders (id int PRIMARY KEY, status text, grade text, name text);
INSERT INTO orders
SELECT
    n, (ARRAY['active', 'deleted', 'done', 'un done'])[1 + n % 4], (ARRAY['a', 'A', 'b'])[1 + n % 3],
    CASE WHEN n % 2 = 0 THEN 'Name ' || n ELSE 'name ' || n - 1 END
FROM generate_series(1, 500) AS n;
ANALYZE orders;
