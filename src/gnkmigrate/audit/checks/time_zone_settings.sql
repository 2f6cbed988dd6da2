-- Every setting of TimeZone that sessions of this database may start with, and whether times that
-- it wrote would be other moments than the same times in the declared zone.
SELECT setting.whose, setting.zone, comparison.differs
FROM (
    SELECT 'this server, for this role' AS whose, reset_val AS zone
    FROM pg_settings
    WHERE name = 'TimeZone'
    UNION ALL
    SELECT
        concat_ws(
            ' in ',
            'role ' || quote_ident(role.rolname),
            'database ' || quote_ident(database.datname)
        ),
        split_part(configuration.setting, '=', 2)
    FROM pg_db_role_setting AS stored
    CROSS JOIN LATERAL unnest(stored.setconfig) AS configuration (setting)
    LEFT JOIN pg_roles AS role ON role.oid = stored.setrole
    LEFT JOIN pg_database AS database ON database.oid = stored.setdatabase
    WHERE
        configuration.setting ILIKE 'timezone=%%'
        AND (stored.setdatabase = 0 OR database.datname = current_database())
) AS setting
CROSS JOIN LATERAL (
    -- Two names may mean one zone (UTC, Etc/UTC, GMT): what counts is what they do.
    SELECT EXISTS (
        SELECT
        FROM generate_series(
            timestamp '2000-01-01', timestamp '2038-01-01', interval '1 month'
        ) AS clock (time)
        WHERE
            clock.time AT TIME ZONE setting.zone
            <> clock.time AT TIME ZONE %(source_timezone)s::text
    ) AS differs
) AS comparison
ORDER BY setting.whose, setting.zone
