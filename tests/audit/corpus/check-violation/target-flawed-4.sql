CREATE TABLE p (id int PRIMARY KEY, amount numeric(8, 2) CHECK (amount < 250), key int);
