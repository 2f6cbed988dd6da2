-- As wide as their columns; a limit that somebody chose; a ring; a column that is no number.
CREATE TABLE orders (id bigserial PRIMARY KEY, number serial);
CREATE SEQUENCE chosen MAXVALUE 999;
CREATE SEQUENCE ring AS smallint CYCLE;
CREATE TABLE tickets (id bigint DEFAULT nextval('chosen'), place bigint, code text, PRIMARY KEY (id));
ALTER SEQUENCE chosen OWNED BY tickets.id;
ALTER SEQUENCE ring OWNED BY tickets.place;
CREATE SEQUENCE codes AS integer OWNED BY tickets.code;
CREATE SEQUENCE alone AS integer;
