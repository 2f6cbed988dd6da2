-- Prepared transactions whose locks keep a session waiting; pg_blocking_pids has 0 for them.
-- Which locks conflict: manual, 13.3.
SELECT DISTINCT
    prepared.gid,
    prepared.owner::text AS owner,
    prepared.database::text AS database,
    date_trunc('second', prepared.prepared)::text AS since
FROM pg_catalog.pg_locks AS wanted
JOIN pg_catalog.pg_locks AS held
    ON
        held.pid IS NULL
        AND held.granted
        AND held.locktype = wanted.locktype
        AND (
            held.database, held.relation, held.page, held.tuple, held.virtualxid,
            held.transactionid, held.classid, held.objid, held.objsubid
        ) IS NOT DISTINCT FROM (
            wanted.database, wanted.relation, wanted.page, wanted.tuple, wanted.virtualxid,
            wanted.transactionid, wanted.classid, wanted.objid, wanted.objsubid
        )
JOIN (
    VALUES
    ('AccessShareLock', 'AccessExclusive'),
    ('RowShareLock', 'Exclusive AccessExclusive'),
    ('RowExclusiveLock', 'Share ShareRowExclusive Exclusive AccessExclusive'),
    (
        'ShareUpdateExclusiveLock',
        'ShareUpdateExclusive Share ShareRowExclusive Exclusive AccessExclusive'
    ),
    (
        'ShareLock',
        'RowExclusive ShareUpdateExclusive ShareRowExclusive Exclusive AccessExclusive'
    ),
    (
        'ShareRowExclusiveLock',
        'RowExclusive ShareUpdateExclusive Share ShareRowExclusive Exclusive AccessExclusive'
    ),
    (
        'ExclusiveLock',
        'RowShare RowExclusive ShareUpdateExclusive Share ShareRowExclusive Exclusive'
        || ' AccessExclusive'
    ),
    (
        'AccessExclusiveLock',
        'AccessShare RowShare RowExclusive ShareUpdateExclusive Share ShareRowExclusive Exclusive'
        || ' AccessExclusive'
    )
) AS conflict (mode, others)
    ON
        conflict.mode = wanted.mode
        AND replace(held.mode, 'Lock', '') = ANY (string_to_array(conflict.others, ' '))
-- Each holds its own number, under the same virtual transaction as its other locks.
JOIN pg_catalog.pg_locks AS own
    ON
        own.pid IS NULL
        AND own.locktype = 'transactionid'
        AND own.virtualtransaction = held.virtualtransaction
JOIN pg_catalog.pg_prepared_xacts AS prepared ON prepared.transaction = own.transactionid
WHERE wanted.pid = %s AND NOT wanted.granted
ORDER BY since, prepared.gid;
