SELECT {key} AS key
FROM {rows}
WHERE {given}
AND NOT EXISTS (SELECT FROM {referenced} AS referenced WHERE {match})
