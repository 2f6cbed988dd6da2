CREATE TABLE users (id int PRIMARY KEY CONSTRAINT "PK_users" CHECK (id > 0), created_at timestamptz, _x2 int, "order" int);
CREATE INDEX "IDX_users" ON users (created_at);
