(
    -- The physical address is no column of live.*, and a table without a key has nothing else.
    SELECT live.ctid, live.*, {renamed}
    FROM {rows}
) AS live
