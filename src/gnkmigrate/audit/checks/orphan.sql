SELECT {key} AS key
FROM {rows}
WHERE {given}
AND {exists} (SELECT FROM {referenced} AS referenced WHERE {match})
