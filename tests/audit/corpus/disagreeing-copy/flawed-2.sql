-- finds: GNK-D012 public.products.categoryTitle: One value of products.categoryTitle differs from Category.Title, which the target keeps alone.
-- NULL is another value; names in camel case.
CREATE TABLE "Category" (id int PRIMARY KEY, "Title" varchar(9));
CREATE TABLE products (id int PRIMARY KEY, cat int REFERENCES "Category", "categoryTitle" text);
INSERT INTO "Category" VALUES (1, 'Tea');
INSERT INTO products VALUES (1, 1, NULL), (2, 1, 'Tea');
