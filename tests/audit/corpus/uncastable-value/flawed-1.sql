-- finds: GNK-D008 public.t.b: One value of t.b cannot become boolean.
-- finds: GNK-D008 public.t.d: One value of t.d cannot become numeric.
-- finds: GNK-D008 public.t.n: One value of t.n cannot become integer.
-- finds: GNK-D008 public.t.u: One value of t.u cannot become uuid.
-- Texts become numbers, identifiers and truths.
CREATE TABLE t (id int PRIMARY KEY, n text, u varchar(40), b text, d text);
INSERT INTO t VALUES
    (1, '12', '11111111-1111-4111-8111-111111111111', 'yes', '1.5'),
    (2, 'twelve', 'x', 'perhaps', '1,5'),
    (3, NULL, NULL, NULL, NULL);
