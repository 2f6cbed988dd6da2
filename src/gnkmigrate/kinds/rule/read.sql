-- Rewrite rules of tables and views, but for the one that makes a view a view.
SELECT
    rule.oid,
    0 AS subid,
    rule.ev_class AS parent,
    0 AS parent_subid,
    rule.rulename AS name,
    0 AS position,
    event.name AS event,
    -- What pg_get_ruledef says before this is exactly: CREATE RULE name AS ON event TO relation.
    ltrim(
        rtrim(
            substr(
                pg_get_ruledef(rule.oid),
                length(
                    'CREATE RULE ' || quote_ident(rule.rulename) || E' AS\n    ON ' || event.name
                    || ' TO ' || quote_ident(namespace.nspname) || '.'
                    || quote_ident(relation.relname)
                ) + 1
            ),
            ';'
        ),
        E' \n'
    ) AS definition,
    CASE rule.ev_enabled
        WHEN 'O' THEN 'origin'
        WHEN 'D' THEN 'disabled'
        WHEN 'R' THEN 'replica'
        WHEN 'A' THEN 'always'
    END AS enabled
FROM pg_rewrite AS rule
JOIN pg_class AS relation ON relation.oid = rule.ev_class
JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
CROSS JOIN LATERAL (
    SELECT CASE rule.ev_type WHEN '2' THEN 'UPDATE' WHEN '3' THEN 'INSERT' ELSE 'DELETE' END AS name
) AS event
WHERE
    rule.ev_type <> '1'
    AND relation.relnamespace = ANY (%(schemas)s::oid[])
    AND relation.oid <> ALL (%(skipped)s::oid[]);
