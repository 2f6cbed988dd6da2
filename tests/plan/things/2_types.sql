--- collation bytes: COLLATION bytes
CREATE COLLATION bytes ({LOCALE = 'C'|LC_COLLATE = 'C', LC_CTYPE = 'POSIX'});

--- enum mood: TYPE mood
CREATE TYPE mood AS ENUM ('sad', {'happy'|'ok', 'happy'|'happy', 'ok'|'happy', 'it''s'});

--- enum Level: TYPE shop."Level"
CREATE TYPE shop."Level" AS ENUM ({'low', 'high'|'high', 'low'|'low', 'mid', 'high'});

--- composite type address: TYPE address
CREATE TYPE address AS (street {text|varchar(20)|text COLLATE bytes}, zip {integer|bigint}{|, feeling mood});

--- composite type shape: TYPE shape
CREATE TYPE shape AS (street {text|text COLLATE bytes}, zip {integer|bigint}{|, feeling mood});

--- domain email: DOMAIN email
CREATE DOMAIN email AS {text|varchar(40)}{| COLLATE "C"}{| DEFAULT 'x@y'| DEFAULT 'z@y'}{| NOT NULL};

--- domain constraint email_at: CONSTRAINT email_at ON DOMAIN email
ALTER DOMAIN email ADD CONSTRAINT email_at CHECK (VALUE LIKE {'%@%'|'_%@%'}){| NOT VALID};

--- domain level_of: DOMAIN shop.level_of
CREATE DOMAIN shop.level_of AS shop."Level"{| CHECK (VALUE::text <> 'x')| DEFAULT 'low'};

--- range type span: TYPE span
CREATE TYPE span AS RANGE (SUBTYPE = {integer|bigint|mood}{|, MULTIRANGE_TYPE_NAME = spans});

--- shell type ghost: TYPE ghost
CREATE TYPE ghost;

--- base type amount: TYPE amount
CREATE TYPE amount;
CREATE FUNCTION amount_in(cstring) RETURNS amount LANGUAGE internal IMMUTABLE STRICT AS 'int4in';
CREATE FUNCTION amount_out(amount) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'int4out';
CREATE FUNCTION amount_send(amount) RETURNS bytea LANGUAGE internal IMMUTABLE STRICT AS 'int4send';
CREATE TYPE amount (INPUT = amount_in, OUTPUT = amount_out, INTERNALLENGTH = 4, PASSEDBYVALUE{|, SEND = amount_send}{|, CATEGORY = 'N'}{|, DEFAULT = '7'});

--- function mood_number: FUNCTION mood_number
CREATE FUNCTION mood_number(mood) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT {1|2}';

--- function same: FUNCTION same
CREATE FUNCTION same(integer, integer) RETURNS boolean LANGUAGE sql IMMUTABLE{| STRICT} AS 'SELECT $1 = $2';

--- function before: FUNCTION before
CREATE FUNCTION before(address, address) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';

--- function rank_of: FUNCTION rank_of
CREATE FUNCTION rank_of(address, address) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 0';

--- function rank_by: FUNCTION rank_by
CREATE FUNCTION rank_by(address, integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 0';

--- function before_by: FUNCTION before_by
CREATE FUNCTION before_by(address, integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';

--- cast of mood: CAST (mood AS integer)
CREATE CAST (mood AS integer) WITH {FUNCTION mood_number(mood)|INOUT}{| AS ASSIGNMENT| AS IMPLICIT};

--- cast of amount: CAST (amount AS integer)
CREATE CAST (amount AS integer) WITHOUT FUNCTION{| AS ASSIGNMENT};

--- operator ===: OPERATOR === (integer, integer)
CREATE OPERATOR === (FUNCTION = same, LEFTARG = integer, RIGHTARG = integer{|, COMMUTATOR = ===}{|, RESTRICT = eqsel}{|, JOIN = eqjoinsel}{|, HASHES}{|, MERGES});

--- operator <<<: OPERATOR <<< (address, address)
CREATE OPERATOR <<< (FUNCTION = before, LEFTARG = address, RIGHTARG = address);

--- operator <<|: OPERATOR <<| (address, integer)
CREATE OPERATOR <<| (FUNCTION = before_by, LEFTARG = address, RIGHTARG = integer);

--- operator family fam: OPERATOR FAMILY fam USING btree
CREATE OPERATOR FAMILY fam USING btree;

--- operator class places: OPERATOR CLASS places USING btree
CREATE OPERATOR CLASS places {|DEFAULT }FOR TYPE address USING btree {FAMILY fam |}AS OPERATOR 1 <<<, FUNCTION 1 rank_of(address, address);

--- family operator of fam
ALTER OPERATOR FAMILY fam USING btree ADD OPERATOR {1|2} <<| (address, integer);

--- family function of fam
ALTER OPERATOR FAMILY fam USING btree ADD FUNCTION 1 (address, integer) rank_by(address, integer);

--- transform of mood: TRANSFORM FOR mood LANGUAGE plpgsql
CREATE TRANSFORM FOR mood LANGUAGE plpgsql (FROM SQL WITH FUNCTION prsd_lextype(internal));
