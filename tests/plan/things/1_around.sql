--- default privileges of tables
ALTER DEFAULT PRIVILEGES {|IN SCHEMA public }GRANT {SELECT|INSERT, SELECT} ON TABLES TO {laws_app|laws_carol WITH GRANT OPTION};

--- default privileges of functions
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO laws_app, laws_carol;

--- default privileges of others
ALTER DEFAULT PRIVILEGES GRANT {USAGE ON SEQUENCES|USAGE ON TYPES|CREATE ON SCHEMAS} TO laws_carol;
ALTER DEFAULT PRIVILEGES FOR ROLE laws_app GRANT SELECT ON TABLES TO laws_carol;

--- schema shop: SCHEMA shop
CREATE SCHEMA shop;

--- schema Old store: SCHEMA "Old store"
CREATE SCHEMA "Old store";

--- extension citext: EXTENSION citext
CREATE EXTENSION citext;

--- extension hstore: EXTENSION hstore
CREATE EXTENSION hstore{| SCHEMA shop}{| VERSION '1.7'};

--- extension pg_trgm: EXTENSION pg_trgm
CREATE EXTENSION pg_trgm;

--- database setting work_mem
DO $$BEGIN EXECUTE format('ALTER DATABASE %I SET work_mem = {''8MB''|''9MB''}', current_database()); END$$;

--- role setting statement_timeout
DO $$BEGIN EXECUTE format('ALTER ROLE laws_app IN DATABASE %I SET statement_timeout = {7000|8000}', current_database()); END$$;

--- language tongue: LANGUAGE tongue
CREATE FUNCTION tongue_handler() RETURNS language_handler LANGUAGE c AS '$libdir/plpgsql', 'plpgsql_call_handler';
CREATE FUNCTION tongue_inline(internal) RETURNS void LANGUAGE c AS '$libdir/plpgsql', 'plpgsql_inline_handler';
CREATE FUNCTION tongue_validator(oid) RETURNS void LANGUAGE c AS '$libdir/plpgsql', 'plpgsql_validator';
CREATE TRUSTED LANGUAGE tongue HANDLER tongue_handler{ INLINE tongue_inline|}{| VALIDATOR tongue_validator};

--- access method heap2: ACCESS METHOD heap2
CREATE ACCESS METHOD heap2 TYPE TABLE HANDLER heap_tableam_handler;

--- access method tree2: ACCESS METHOD tree2
CREATE ACCESS METHOD tree2 TYPE INDEX HANDLER bthandler;

--- conversion west: CONVERSION west
CREATE {|DEFAULT }CONVERSION west FOR {'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8|'UTF8' TO 'LATIN1' FROM utf8_to_iso8859_1};

--- text search parser words: TEXT SEARCH PARSER words
CREATE TEXT SEARCH PARSER words (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype{|, HEADLINE = prsd_headline});

--- text search template as_is: TEXT SEARCH TEMPLATE as_is
CREATE TEXT SEARCH TEMPLATE as_is (LEXIZE = dsimple_lexize{, INIT = dsimple_init|});

--- text search dictionary stems: TEXT SEARCH DICTIONARY stems
CREATE TEXT SEARCH DICTIONARY stems (TEMPLATE = {simple|snowball, language = english|snowball, language = german|as_is});

--- text search configuration search: TEXT SEARCH CONFIGURATION search
CREATE TEXT SEARCH CONFIGURATION search ({COPY = english|PARSER = words});
ALTER TEXT SEARCH CONFIGURATION search DROP MAPPING IF EXISTS FOR word;
ALTER TEXT SEARCH CONFIGURATION search ADD MAPPING FOR word WITH {simple|stems|stems, simple};

--- foreign data wrapper wrap: FOREIGN DATA WRAPPER wrap
CREATE FOREIGN DATA WRAPPER wrap{| OPTIONS (a '1')| OPTIONS (a '2', b 'it''s')};

--- server elsewhere: SERVER elsewhere
CREATE SERVER elsewhere{| TYPE 'kind'}{| VERSION '1'| VERSION '2'} FOREIGN DATA WRAPPER wrap{| OPTIONS (host 'h')| OPTIONS (host 'i', port '1')};

--- user mapping of everybody
CREATE USER MAPPING FOR {PUBLIC|laws_app} SERVER elsewhere{| OPTIONS ("user" 'u')| OPTIONS ("user" 'v', x '1')};
