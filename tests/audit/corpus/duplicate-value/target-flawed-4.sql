CREATE TABLE users (id int PRIMARY KEY, e_mail text);
CREATE UNIQUE INDEX users_email ON users (lower(e_mail));
