SELECT {key} AS key, char_length({column}::text) AS length
FROM {rows}
WHERE char_length({column}::text) > {limit}
