-- needs: PostgreSQL 15
-- The target's are bound, read by nobody else, or run as whoever reads them.
CREATE TABLE accounts (id int PRIMARY KEY, owner text);
