SELECT {key} AS key, char_length({column}::text) AS length
FROM {rows}
WHERE char_length(rtrim({column}::text, ' ')) > {limit}
