-- A slot that keeps nothing back yet (no restart_lsn) does no harm. On a standby, the position is
-- the one up to which it has received.
SELECT
    slot.slot_name AS slot,
    concat_ws(' ', slot.slot_type, slot.plugin) AS kind,
    slot.wal_status AS status,
    kept.bytes,
    pg_size_pretty(kept.bytes) AS size,
    current_setting('max_slot_wal_keep_size') AS limit,
    current_setting('max_slot_wal_keep_size') <> '-1' AS limited,
    slot.xmin IS NOT NULL OR slot.catalog_xmin IS NOT NULL AS keeps_rows
FROM pg_replication_slots AS slot
CROSS JOIN LATERAL (
    SELECT pg_wal_lsn_diff(
        CASE WHEN pg_is_in_recovery() THEN pg_last_wal_receive_lsn() ELSE pg_current_wal_lsn() END,
        slot.restart_lsn
    ) AS bytes
) AS kept
WHERE
    NOT slot.active
    AND NOT slot.temporary
    AND (slot.restart_lsn IS NOT NULL OR slot.wal_status = 'lost')
ORDER BY slot.slot_name
