-- finds: GNK-S027 public.T.body: All texts that are known of T.body are JSON.
-- finds: GNK-S027 public.T.isOpen: All texts that are known of T.isOpen are booleans.
-- A boolean, and JSON.
CREATE TABLE "T" (id int PRIMARY KEY, "isOpen" text, body text);
INSERT INTO "T"
SELECT n, CASE WHEN n % 3 = 0 THEN 'yes' ELSE 'no' END, format('{"n": %s}', n)
FROM generate_series(1, 50) AS n;
ANALYZE "T";
