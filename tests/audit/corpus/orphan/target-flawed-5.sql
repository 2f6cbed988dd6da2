CREATE TABLE tenants (id int PRIMARY KEY);
CREATE TABLE users (tenant int, id int, PRIMARY KEY (tenant, id));
CREATE TABLE tasks (id int PRIMARY KEY, tenant int REFERENCES tenants, user_id int);
ALTER TABLE tasks ADD FOREIGN KEY (tenant, user_id) REFERENCES users;
CREATE TABLE notes (id int PRIMARY KEY, a int, b int);
ALTER TABLE notes ADD FOREIGN KEY (a, b) REFERENCES users MATCH FULL;
