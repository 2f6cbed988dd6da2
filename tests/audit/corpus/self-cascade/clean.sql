CREATE TABLE people (
    id int PRIMARY KEY, boss int REFERENCES people, friend int REFERENCES people ON DELETE SET NULL,
    twin int REFERENCES people ON UPDATE CASCADE
);
CREATE TABLE dogs (id int PRIMARY KEY, owner int REFERENCES people ON DELETE CASCADE);
