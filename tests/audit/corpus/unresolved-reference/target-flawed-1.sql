CREATE TABLE users (id uuid PRIMARY KEY, email text UNIQUE);
CREATE TABLE requests (id int PRIMARY KEY, processed_by uuid REFERENCES users);
