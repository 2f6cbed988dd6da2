-- The file of each table that has rows: another file for the same table means that all of its rows
-- were written anew. Asked after every statement, so it reads one catalog and says two numbers; what
-- initdb made has smaller numbers than any table of a user's.
SELECT
    class.oid::bigint,
    class.relfilenode::bigint
FROM pg_class AS class
WHERE
    class.relkind IN ('r', 'm')
    AND class.relpersistence <> 't'
    AND class.oid >= 16384;
