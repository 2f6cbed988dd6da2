{column} IS NOT NULL
AND NOT EXISTS (SELECT FROM {referenced} AS referenced WHERE {match})
