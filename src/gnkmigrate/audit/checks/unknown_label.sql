SELECT {key} AS key
FROM {rows}
WHERE {wrong}
