SELECT {key} AS key, char_length(live.{column}::text) AS length
FROM {source}
WHERE char_length(live.{column}::text) > {limit}
