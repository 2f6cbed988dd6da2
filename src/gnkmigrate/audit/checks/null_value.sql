SELECT {key} AS key
FROM {table} AS live
WHERE {column} IS NULL
