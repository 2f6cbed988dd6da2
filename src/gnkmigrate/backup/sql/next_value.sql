-- The value that a sequence gives next, but for its limits.
SELECT sequence.last_value + CASE WHEN sequence.is_called THEN declared.seqincrement::numeric ELSE 0 END AS answer
FROM %I.%I AS sequence
JOIN pg_sequence AS declared ON declared.seqrelid = sequence.tableoid
