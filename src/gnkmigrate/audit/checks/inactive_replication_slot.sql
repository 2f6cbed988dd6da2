-- A slot that keeps nothing back yet (no restart_lsn) does no harm. On a standby, the position is
-- the one up to which it has received; slots that it keeps in step with its primary's (synced, from
-- PostgreSQL 17 on) are read by nobody until it is promoted.
SELECT
    slot.slot_name AS slot,
    concat_ws(' ', slot.slot_type, slot.plugin) AS kind,
    slot.wal_status AS status,
    kept.bytes,
    pg_size_pretty(kept.bytes) AS size,
    date_trunc('second', (told.all ->> 'inactive_since')::timestamptz)::text AS since,
    current_setting('max_slot_wal_keep_size') AS limit,
    current_setting('max_slot_wal_keep_size') <> '-1'
    OR coalesce(current_setting('idle_replication_slot_timeout', true), '0') <> '0' AS limited,
    slot.xmin IS NOT NULL OR slot.catalog_xmin IS NOT NULL AS keeps_rows
FROM pg_replication_slots AS slot
CROSS JOIN LATERAL (SELECT to_jsonb(slot) AS all) AS told
CROSS JOIN LATERAL (
    SELECT greatest(pg_wal_lsn_diff(
        CASE WHEN pg_is_in_recovery()
            THEN coalesce(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())
            ELSE pg_current_wal_lsn()
        END,
        slot.restart_lsn
    ), 0) AS bytes
) AS kept
WHERE
    NOT slot.active
    AND NOT slot.temporary
    AND (slot.restart_lsn IS NOT NULL OR slot.wal_status = 'lost')
    AND (told.all ->> 'synced')::boolean IS NOT TRUE
ORDER BY slot.slot_name
