-- Ahead; set beyond its rows without having been used; no rows; no index; downwards; anew at its end.
CREATE TABLE users (id serial PRIMARY KEY);
INSERT INTO users DEFAULT VALUES;
INSERT INTO users DEFAULT VALUES;
CREATE TABLE dogs (id serial PRIMARY KEY);
INSERT INTO dogs SELECT generate_series(1, 1000);
ALTER SEQUENCE dogs_id_seq RESTART 1001;
CREATE TABLE empty (id serial PRIMARY KEY);
CREATE TABLE plain (id serial);
INSERT INTO plain VALUES (9);
CREATE SEQUENCE down INCREMENT -1;
CREATE TABLE below (id int PRIMARY KEY DEFAULT nextval('down'));
ALTER SEQUENCE down OWNED BY below.id;
INSERT INTO below DEFAULT VALUES;
CREATE TABLE hours (id serial PRIMARY KEY);
ALTER SEQUENCE hours_id_seq MAXVALUE 24 CYCLE;
INSERT INTO hours VALUES (20);
