CREATE TABLE bills (id int PRIMARY KEY, total numeric(12, 2), money int, currency text);
