CREATE TABLE "a""b" (id int PRIMARY KEY, "c d" text NOT NULL);
