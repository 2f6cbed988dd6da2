CREATE TABLE users (id uuid PRIMARY KEY);
CREATE TABLE requests (id int PRIMARY KEY, by uuid REFERENCES users);
