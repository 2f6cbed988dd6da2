-- finds: GNK-D003 public.p.p_amount_check: One row of p breaks the target's CHECK ((amount < (250)::numeric)).
-- A value that the target's type rounds up to what its rule forbids; what does not fit is the business of uncastable-value.
CREATE TABLE p (id int PRIMARY KEY, amount double precision, key int);
INSERT INTO p VALUES (1, 1), (2, 249.996), (3, 1e9), (4, NULL), (5, 249.99);
