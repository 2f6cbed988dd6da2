-- ---
-- name = "earnings of all nodes by day"
-- shape = "after"
-- ---
-- What a chart of the last week shows.
SELECT date, count(*) AS nodes, sum(earnings_gnk) AS earnings
FROM earnings_history
WHERE date > date '2025-12-02'
GROUP BY date
ORDER BY date;
