SELECT {key} AS key
FROM {source}
WHERE {given}
AND NOT EXISTS (SELECT FROM {referenced} AS referenced WHERE {match})
