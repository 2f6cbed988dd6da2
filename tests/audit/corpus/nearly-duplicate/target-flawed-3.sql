CREATE TABLE codes (code text PRIMARY KEY);
