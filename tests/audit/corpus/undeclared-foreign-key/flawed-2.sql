-- finds: GNK-S017 public.products.categoryId: Column products.categoryId looks like a foreign key to Category, but is none.
-- In camel case, with a unique key that is no reference.
CREATE TABLE "Category" (id uuid PRIMARY KEY);
CREATE TABLE products (id int PRIMARY KEY, "categoryId" uuid UNIQUE, title text);
