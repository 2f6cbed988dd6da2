CREATE TABLE "Log" (the_line varchar(3));
