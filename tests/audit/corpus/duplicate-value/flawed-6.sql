-- finds: GNK-D005 public.p.p_code: 2 rows of p share their (code) with others, which the target forbids.
-- finds: GNK-D005 public.p.p_day_key: 2 rows of p share their (day) with others, which the target forbids.
-- finds: GNK-D005 public.p.p_k_key: 2 rows of p share their (k) with others, which the target forbids.
-- finds: GNK-D005 public.p.p_who_key: 2 rows of p share their (who) with others, which the target forbids.
-- Texts that are one number, one day, one name in the target's types; one key was there already.
-- needs: PostgreSQL 16
CREATE TABLE p (id int PRIMARY KEY, k text UNIQUE, day text, code text, who text);
INSERT INTO p VALUES (1, '1', '2020-01-01', '7', 'A'), (2, '1.0', '2020-1-1', '07', 'a'), (3, 'none', 'x', 'y', 'b');
