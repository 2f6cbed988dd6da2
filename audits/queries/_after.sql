-- Statistics and earnings as a tracker delivers them; the old shape has no place for them.
INSERT INTO public.node_stats_cache (node_id, status, earnings_day, uptime_percent, source)
SELECT id, 'active', 12.5, 99.8, 'tracker' FROM public.nodes;

INSERT INTO public.earnings_history (node_id, date, earnings_gnk, source)
SELECT id, date '2025-12-09' - day, 12.5 + day * 0.25, 'tracker'
FROM (SELECT id FROM public.nodes LIMIT 20000) AS node, generate_series(0, 29) AS day;
