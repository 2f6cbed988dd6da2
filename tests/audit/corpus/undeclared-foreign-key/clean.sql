CREATE TABLE users (id int PRIMARY KEY);
CREATE TABLE person (id int PRIMARY KEY);
CREATE TABLE persons (id int PRIMARY KEY);
CREATE TABLE dogs (
    id int PRIMARY KEY, user_id int REFERENCES users, person_id int, users_count int,
    external_user_id int
);
CREATE TABLE notes (
    id int PRIMARY KEY, user_id text, user_type text, session_id uuid,
    dog_id int, dog_type text
);
