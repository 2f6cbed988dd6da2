-- Days since counting began: the last reset or, where there was none, the server's last start,
-- which it certainly goes back to.
SELECT extract(epoch FROM now() - coalesce(stats_reset, pg_postmaster_start_time()))::float8 / 86400
FROM pg_stat_database
WHERE datname = current_database()
