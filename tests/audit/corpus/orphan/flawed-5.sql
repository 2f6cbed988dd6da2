-- finds: GNK-D004 public.tasks.tasks_tenant_user_id_fkey: One row of tasks (tenant, user_id) refers to no row of users.
-- finds: GNK-D004 public.notes.notes_a_b_fkey: One row of notes (a, b) refers to no row of users.
-- A column that is another key's as well; and a key of which one half is NULL.
CREATE TABLE tenants (id int PRIMARY KEY);
CREATE TABLE users (tenant int, id int, PRIMARY KEY (tenant, id));
CREATE TABLE tasks (id int PRIMARY KEY, tenant int REFERENCES tenants, user_id int);
CREATE TABLE notes (id int PRIMARY KEY, a int, b int);
INSERT INTO tenants VALUES (1);
INSERT INTO tasks VALUES (1, 1, 7), (2, 1, NULL);
INSERT INTO notes VALUES (1, NULL, NULL), (2, 1, NULL);
