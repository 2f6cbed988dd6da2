-- ---
-- id = "MINEGNK-006"
-- title = "The earnings of all days add up to the total"
-- severity = "high"
-- object = "public.earnings_history.earnings_gnk"
-- type = "column"
-- one = "The history of one node does not add up to the total that the tracker gives."
-- many = "The histories of COUNT nodes do not add up to the totals that the tracker gives."
-- impact = "Charts and totals contradict each other, and days may be missing or counted twice."
-- recommendation = "Look for missing days, and fetch them again from the tracker."
-- requires = ["public.earnings_history.earnings_gnk", "public.node_stats_cache.earnings_total"]
-- ---
-- The day that is not over yet (earnings_day) may be in the total before it is in the history.
SELECT
    cache.node_id::text AS key,
    cache.earnings_total AS total,
    coalesce(history.earnings, 0) AS history
FROM public.node_stats_cache AS cache
LEFT JOIN (
    SELECT day.node_id, sum(day.earnings_gnk) AS earnings
    FROM public.earnings_history AS day
    GROUP BY day.node_id
) AS history ON history.node_id = cache.node_id
WHERE
    cache.earnings_total NOT BETWEEN coalesce(history.earnings, 0)
    AND coalesce(history.earnings, 0) + coalesce(cache.earnings_day, 0);
