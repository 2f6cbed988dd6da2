SELECT {key} AS key, char_length({column}::text) AS length
FROM {table} AS live
WHERE char_length({column}::text) > {limit}
