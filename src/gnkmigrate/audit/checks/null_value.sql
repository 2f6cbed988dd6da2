SELECT {key} AS key
FROM {rows}
WHERE {column} IS NULL
