SELECT {key} AS key
FROM {source}
WHERE NOT ({expression})
