-- Filled; MATCH FULL; a single column.
CREATE TABLE users (id int UNIQUE, house int, PRIMARY KEY (id, house));
CREATE TABLE dogs (
    id int PRIMARY KEY, owner int NOT NULL, house int NOT NULL, a int, b int, friend int REFERENCES users (id),
    FOREIGN KEY (owner, house) REFERENCES users,
    FOREIGN KEY (a, b) REFERENCES users MATCH FULL
);
