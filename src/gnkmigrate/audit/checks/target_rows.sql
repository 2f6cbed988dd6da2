(
    SELECT {key} AS {name}, {values}
    FROM {rows}
) AS live
