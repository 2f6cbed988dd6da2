-- A sequence that two tables share, and one that is owned and not used.
CREATE SEQUENCE shared;
CREATE TABLE users (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
CREATE TABLE dogs (id bigint PRIMARY KEY DEFAULT nextval('shared'));
CREATE TABLE cats (id bigint PRIMARY KEY DEFAULT nextval('shared'), number int);
CREATE SEQUENCE owned OWNED BY cats.number;
