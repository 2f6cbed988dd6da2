CREATE DOMAIN mood AS text CHECK (VALUE IN ('fine', 'bad'));
CREATE TABLE t (id int PRIMARY KEY, mood text CHECK (mood IN ('fine', 'bad')));
