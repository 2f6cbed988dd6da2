-- Codes with leading zeros, words, mixed values, and too few to tell.
CREATE TABLE t (id int PRIMARY KEY, zip text, word text, mixed text, answer text, few text);
INSERT INTO t
SELECT
    n, lpad(n::text, 5, '0'), md5(n::text),
    CASE WHEN n % 2 = 0 THEN n::text ELSE 'x' || n END,
    (ARRAY['yes', 'no', 'perhaps'])[1 + n % 3],
    CASE WHEN n < 4 THEN n::text END
FROM generate_series(1, 50) AS n;
ANALYZE t;
