-- Keeps the first of each; see first what else they say and who refers to them.
DELETE FROM {relation} AS live USING (
    SELECT
        live.tableoid, live.ctid,
        row_number() OVER (PARTITION BY {parts} ORDER BY live.tableoid, live.ctid) AS copy
    FROM {relation} AS live
    WHERE {given}
) AS found
WHERE found.tableoid = live.tableoid AND found.ctid = live.ctid AND found.copy > 1
