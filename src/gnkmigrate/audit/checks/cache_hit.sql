SELECT
    blks_hit AS found,
    blks_read AS read,
    floor(100.0 * blks_hit / (blks_hit + blks_read))::int AS share,
    current_setting('shared_buffers') AS shared_buffers,
    pg_size_pretty(pg_database_size(datid)) AS size
FROM pg_stat_database
WHERE
    datname = current_database()
    AND blks_read >= %(blocks)s
    AND 100.0 * blks_hit / (blks_hit + blks_read) < %(share)s
