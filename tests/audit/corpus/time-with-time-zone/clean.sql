CREATE TABLE shops (id int PRIMARY KEY, opens time, opened timestamptz, shut timestamp, day date);
