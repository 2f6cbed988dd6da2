-- finds: GNK-D001 public.nodes.code: 2 values of nodes.code are longer than the target's 3 characters.
-- An unlimited column becomes a fixed one.
CREATE TABLE nodes (id int PRIMARY KEY, code text);
INSERT INTO nodes VALUES (1, 'abc'), (2, 'abcd'), (3, 'abcde');
