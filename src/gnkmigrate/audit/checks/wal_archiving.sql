SELECT
    current_setting('archive_mode') AS mode,
    pg_is_in_recovery() AS standby,
    to_char(last_archived_time, 'YYYY-MM-DD HH24:MI TZ') AS archived,
    to_char(last_failed_time, 'YYYY-MM-DD HH24:MI TZ') AS failed,
    failed_count AS failures,
    last_failed_wal AS segment,
    coalesce(last_failed_time > coalesce(last_archived_time, '-infinity'), false) AS failing,
    -- The segment before the one that is being written is finished.
    NOT pg_is_in_recovery()
    AND coalesce(
        last_archived_time < now() - make_interval(hours => %(hours)s)
        AND pg_walfile_name(
            pg_current_wal_lsn() - pg_size_bytes(current_setting('wal_segment_size'))::numeric
        ) > last_archived_wal,
        false
    ) AS late
FROM pg_stat_archiver
