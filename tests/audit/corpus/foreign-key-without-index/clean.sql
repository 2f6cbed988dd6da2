CREATE TABLE users (
    id int PRIMARY KEY, name text UNIQUE, born timestamptz, boss int REFERENCES users,
    CHECK (name <> '')
);
CREATE INDEX users_boss ON users (boss);
CREATE INDEX users_born ON users (born DESC);
CREATE INDEX users_born_early ON users (born, name) WHERE boss IS NULL;
CREATE INDEX users_lower ON users (lower(name));
CREATE TABLE pairs (
    a int REFERENCES users, b int REFERENCES users, PRIMARY KEY (a, b), FOREIGN KEY (b, a)
    REFERENCES pairs
);
CREATE INDEX pairs_b ON pairs (b, a) INCLUDE (a);
CREATE TABLE days (day date PRIMARY KEY) PARTITION BY RANGE (day);
CREATE TABLE days_1 PARTITION OF days DEFAULT;
CREATE TABLE "Weird "" Name" ("a b" int PRIMARY KEY, "select" int REFERENCES users);
CREATE INDEX ON "Weird "" Name" ("select");

-- The columns that refer to the primary key find the same rows.
CREATE TABLE volumes (
    id int PRIMARY KEY, state text NOT NULL, parent int, parent_state text, UNIQUE (id, state),
    FOREIGN KEY (parent, parent_state) REFERENCES volumes (id, state)
);
CREATE INDEX ON volumes (parent);

-- An operator class that is there for LIKE has = as well.
CREATE TABLE codes (code varchar PRIMARY KEY);
CREATE TABLE coded (id int PRIMARY KEY, code varchar REFERENCES codes);
CREATE INDEX ON coded (code varchar_pattern_ops DESC, id);

-- Other methods than btree find the rows of a value, too.
CREATE EXTENSION btree_gist;
CREATE EXTENSION btree_gin;
CREATE TABLE bookings (
    id int PRIMARY KEY, room int REFERENCES users, "By" int REFERENCES users, stay daterange,
    guest int REFERENCES users, tags int[],
    EXCLUDE USING gist (room WITH =, stay WITH &&),
    EXCLUDE USING gist ("By" WITH <>) WHERE ("By" IS NOT NULL)
);
CREATE INDEX ON bookings USING gin (tags, guest);
