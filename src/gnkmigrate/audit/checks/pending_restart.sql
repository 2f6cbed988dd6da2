SELECT array_agg(format('%%s = %%s', name, current_setting(name)) ORDER BY name) AS settings
FROM pg_settings
WHERE pending_restart
