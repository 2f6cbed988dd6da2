-- Values that are made for the column, and rows that outlive what they speak of.
CREATE TABLE users (id uuid PRIMARY KEY);
CREATE TABLE sessions (id bigint PRIMARY KEY);
CREATE TABLE visits (
    id int PRIMARY KEY,
    user_id uuid DEFAULT gen_random_uuid(),
    session_id bigint GENERATED ALWAYS AS IDENTITY
);
CREATE TABLE user_history (id int PRIMARY KEY, user_id uuid);
CREATE TABLE "loginLog" (id int PRIMARY KEY, "userId" uuid);
CREATE TABLE audit_log (id int PRIMARY KEY, user_id uuid);
CREATE TABLE deleted_visits (id int PRIMARY KEY, user_id uuid);
CREATE TABLE "ArchivedVisits" (id int PRIMARY KEY, "userId" uuid);
