-- needs: PostgreSQL 15
CREATE TABLE users (tenant int, id int, PRIMARY KEY (tenant, id));
CREATE TABLE dogs (
    tenant int NOT NULL, id int, owner int, PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, owner) REFERENCES users ON DELETE SET NULL (owner)
);
