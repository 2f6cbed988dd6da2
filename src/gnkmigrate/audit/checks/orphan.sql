SELECT {key} AS key
FROM {table} AS live
WHERE {given}
AND NOT EXISTS (SELECT FROM {referenced} AS referenced WHERE {match})
