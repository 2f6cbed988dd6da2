SELECT {key} AS key
FROM {rows}
JOIN {original} AS original ON {match}
WHERE {copy} IS DISTINCT FROM {value}
