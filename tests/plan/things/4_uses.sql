--- view open_account: VIEW open_account
CREATE VIEW open_account {|WITH (security_barrier) }AS SELECT number, {name|lower(name) AS name|name::text AS name}{|, tall}{|, mail} FROM account WHERE number > {0|1};

--- view many things: VIEW shop."many things"
CREATE VIEW shop."many things" AS SELECT account.{number|name}, feels, lives FROM account {|JOIN "Old store".line ON number = owner_number};

--- view of_view: VIEW of_view
CREATE VIEW of_view AS SELECT name{|, number AS n}{|, same(number, 2) AS is_two}{|, number === 2 AS two} FROM open_account;

--- default of view
ALTER VIEW open_account ALTER number SET DEFAULT {1|2};

--- materialized view total: MATERIALIZED VIEW total
CREATE MATERIALIZED VIEW total{| WITH (fillfactor = 70)} AS SELECT {count(*)|count(*) + 1} AS n, region FROM event GROUP BY region{| WITH NO DATA};

--- index total_n: INDEX total_n
CREATE {|UNIQUE }INDEX total_n ON total (region);

--- materialized view copied: MATERIALIZED VIEW copied
CREATE MATERIALIZED VIEW copied AS SELECT name{|, twice(n)} FROM (SELECT name, 1 AS n FROM {account) AS x|of_view) AS x WITH NO DATA};

--- rule noted: RULE noted ON open_account
CREATE RULE noted AS ON {INSERT|UPDATE} TO open_account DO {INSTEAD|ALSO} {NOTHING|DELETE FROM shop.scratch};

--- function stamp: FUNCTION stamp
CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql{| SECURITY DEFINER}{| SET search_path = public} AS 'BEGIN RETURN NEW; END';

--- function watch: FUNCTION watch
CREATE FUNCTION watch() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';

--- function describe: FUNCTION describe
CREATE {FUNCTION describe(a account) RETURNS text LANGUAGE sql AS 'SELECT a.name'|FUNCTION describe(a account) RETURNS text LANGUAGE sql STABLE RETURN (a).name|FUNCTION describe(m mood, a integer DEFAULT 1) RETURNS SETOF account LANGUAGE sql ROWS 7 AS 'SELECT * FROM account'|FUNCTION describe(a address) RETURNS TABLE (x mood, y email) LANGUAGE plpgsql AS 'BEGIN END'|FUNCTION describe(OUT x integer, OUT y text) LANGUAGE tongue AS 'BEGIN END'};

--- function fee: FUNCTION shop.fee
CREATE FUNCTION shop.fee(VARIADIC a integer[]) RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM {account|event}; END;

--- grants on describe
REVOKE EXECUTE ON ROUTINE describe FROM PUBLIC;

--- grants on fee
REVOKE EXECUTE ON ROUTINE shop.fee FROM PUBLIC;

--- function settle: PROCEDURE settle
CREATE PROCEDURE settle(a integer{|, INOUT b integer DEFAULT 1}) LANGUAGE plpgsql AS 'BEGIN {COMMIT;|NULL;} END';

--- function plus: FUNCTION plus
CREATE FUNCTION plus(integer, integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT $1 + $2';

--- function most: AGGREGATE most(integer)
CREATE AGGREGATE most(integer) (SFUNC = {int4larger|int4pl|plus}, STYPE = integer{|, INITCOND = '7'}{|, PARALLEL = SAFE});

--- function nth: FUNCTION nth
CREATE FUNCTION nth() RETURNS bigint LANGUAGE internal WINDOW IMMUTABLE{| STRICT} AS {'window_row_number'|'window_rank'};

--- trigger stamped: TRIGGER stamped ON account
CREATE TRIGGER stamped {BEFORE INSERT|BEFORE UPDATE OF name|AFTER DELETE OR UPDATE} ON account FOR EACH ROW {|WHEN (pg_trigger_depth() = 0) }EXECUTE FUNCTION stamp({|'x'});
{|ALTER TABLE account DISABLE TRIGGER stamped;|ALTER TABLE account ENABLE ALWAYS TRIGGER stamped;}

--- trigger checked: TRIGGER checked ON account
CREATE {CONSTRAINT TRIGGER checked AFTER INSERT ON account DEFERRABLE FOR EACH ROW|TRIGGER checked AFTER UPDATE ON account REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT} EXECUTE FUNCTION stamp();

--- trigger written: TRIGGER written ON open_account
CREATE TRIGGER written INSTEAD OF {INSERT|UPDATE} ON open_account FOR EACH ROW EXECUTE FUNCTION stamp();

--- trigger of_event: TRIGGER of_event ON event
CREATE TRIGGER of_event AFTER {INSERT|UPDATE OF size} ON event FOR EACH ROW EXECUTE FUNCTION stamp();

--- cloned trigger of_event_1
ALTER TABLE event_1 {DISABLE|ENABLE ALWAYS} TRIGGER of_event;

--- policy own: POLICY own ON account
CREATE POLICY own ON account {|AS RESTRICTIVE }{|FOR SELECT |FOR UPDATE }TO {PUBLIC|laws_app, laws_carol} USING ({true|number > 0|EXISTS (SELECT FROM "Old store".line)});

--- policy theirs: POLICY theirs ON event
CREATE POLICY theirs ON event FOR INSERT TO laws_app WITH CHECK ({true|region = current_user});

--- publication out_some: PUBLICATION out_some
CREATE PUBLICATION out_some{| WITH (publish = 'insert')| WITH (publish = 'insert, update', publish_via_partition_root = true)};

--- publication table account
ALTER PUBLICATION out_some ADD TABLE {ONLY account|ONLY account (number) @15|ONLY account WHERE (number > 0) @15|ONLY account, "Old store".line};

--- publication table event
ALTER PUBLICATION out_some ADD TABLE event;

--- publication out_schemas: PUBLICATION out_schemas
CREATE PUBLICATION out_schemas;

--- publication schema shop
ALTER PUBLICATION out_schemas {SET (publish = 'insert')|ADD TABLES IN SCHEMA "Old store" @15|ADD TABLES IN SCHEMA public @15};

--- publication out_all: PUBLICATION out_all
CREATE PUBLICATION out_all FOR ALL TABLES{| WITH (publish = 'delete')};

--- subscription incoming: SUBSCRIPTION incoming
CREATE SUBSCRIPTION incoming CONNECTION 'host={h|i} dbname=d' PUBLICATION {a|b, c} WITH (connect = false, slot_name = NONE{|, binary = true});

--- event trigger watcher: EVENT TRIGGER watcher
CREATE EVENT TRIGGER watcher ON {ddl_command_end|sql_drop|ddl_command_start} {|WHEN TAG IN ('DROP TABLE') }EXECUTE FUNCTION watch();
{|ALTER EVENT TRIGGER watcher DISABLE;}

--- extension dependency of settle
ALTER PROCEDURE settle DEPENDS ON EXTENSION {citext|hstore};

--- extension dependency of total_n
ALTER INDEX total_n DEPENDS ON EXTENSION pg_trgm;
