SELECT {key} AS key
FROM {source}
WHERE live.{column} IS NULL
