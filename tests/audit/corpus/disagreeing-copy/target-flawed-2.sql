CREATE TABLE "Category" (id int PRIMARY KEY, "Title" varchar(9));
CREATE TABLE products (id int PRIMARY KEY, cat int REFERENCES "Category");
