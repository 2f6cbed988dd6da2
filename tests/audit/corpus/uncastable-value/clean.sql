-- Everything fits; what a foreign key maps is another check's business.
CREATE TABLE users (id uuid PRIMARY KEY);
CREATE TABLE t (id int PRIMARY KEY, n text, u text, who text, note int, d date);
INSERT INTO t VALUES (1, ' 12 ', '{11111111-1111-4111-8111-111111111111}', 'ada', 5, '2025-01-01');
