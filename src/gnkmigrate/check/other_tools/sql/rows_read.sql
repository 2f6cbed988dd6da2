-- How many rows of each table have been read by going through all of them: by a query without an
-- index, by whatever builds an index, proves a constraint or writes the table anew.
SELECT
    relid::bigint,
    seq_tup_read
FROM pg_stat_user_tables
WHERE seq_tup_read > 0;
