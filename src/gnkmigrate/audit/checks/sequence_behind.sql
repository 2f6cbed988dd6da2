SELECT
    {number} AS number,
    (SELECT max({column})::bigint FROM {relation}) AS highest,
    (
        SELECT CASE WHEN is_called THEN last_value + {increment} ELSE last_value END
        FROM {sequence}
    ) AS following
