-- finds: GNK-S013 public.things.short: Foreign key short of things (x) is contained in long.
-- Contained in a longer one whose rest is never NULL.
CREATE TABLE places (a int PRIMARY KEY, b int, UNIQUE (a, b));
CREATE TABLE things (
    id int PRIMARY KEY, x int, y int NOT NULL,
    CONSTRAINT short FOREIGN KEY (x) REFERENCES places (a),
    CONSTRAINT long FOREIGN KEY (x, y) REFERENCES places (a, b)
);
