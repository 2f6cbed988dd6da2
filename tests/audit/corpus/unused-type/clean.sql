-- Used by a column, an array, a domain, a function, a default's cast, a composite type.
CREATE TYPE mood AS ENUM ('glad', 'sad');
CREATE TYPE size AS ENUM ('small', 'large');
CREATE DOMAIN positive AS int CHECK (VALUE > 0);
CREATE DOMAIN small AS positive CHECK (VALUE < 10);
CREATE TYPE pair AS (one mood, other text);
CREATE TABLE people (id int PRIMARY KEY, mood mood, sizes size[], rank small);
CREATE FUNCTION second(pair) RETURNS text LANGUAGE sql RETURN ($1).other;
