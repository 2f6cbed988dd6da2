-- Statistics and earnings as a tracker would deliver them; the demonstration rolls them back.
INSERT INTO public.node_stats_cache (node_id, status, earnings_day, uptime_percent, source)
SELECT id, 'active', 12.5, 99.8, 'tracker' FROM public.nodes WHERE gpu_type = 'H100';

INSERT INTO public.earnings_history (node_id, date, earnings_gnk, source)
SELECT id, date '2025-12-09' - day, 12.5 + day * 0.25, 'tracker'
FROM public.nodes, generate_series(0, 6) AS day
WHERE gpu_type = 'H100'
