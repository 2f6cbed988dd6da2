SELECT
    coalesce(nullif(standby.application_name, ''), standby.pid::text) AS standby,
    standby.state,
    standby.replay_lag AS lag,
    pg_size_pretty(behind.replay) AS size,
    pg_size_pretty(behind.received) AS unsent
FROM pg_stat_replication AS standby
CROSS JOIN LATERAL (
    SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_receive_lsn() ELSE pg_current_wal_lsn()
    END AS lsn
) AS current
CROSS JOIN LATERAL (
    SELECT
        pg_wal_lsn_diff(current.lsn, standby.replay_lsn) AS replay,
        pg_wal_lsn_diff(current.lsn, standby.flush_lsn) AS received
) AS behind
WHERE standby.state IN ('streaming', 'catchup') AND behind.replay >= %(bytes)s
ORDER BY behind.replay DESC, standby
