-- Earnings of the last days, which had no place before
SELECT date, count(*) AS nodes, trim_scale(sum(earnings_gnk)) AS gnk
FROM public.earnings_history
WHERE date > date '2025-12-06'
GROUP BY date
ORDER BY date DESC
