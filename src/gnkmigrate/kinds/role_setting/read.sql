-- Settings of roles in this database. The value of one that looks like a secret is not read.
SELECT
    setting.setrole AS oid,
    given.number::integer AS subid,
    NULL::oid AS parent,
    0 AS parent_subid,
    pg_get_userbyid(setting.setrole) || ': ' || split_part(given.text, '=', 1) AS name,
    0 AS position,
    pg_get_userbyid(setting.setrole) AS role,
    split_part(given.text, '=', 1) AS parameter,
    CASE
        WHEN split_part(given.text, '=', 1) ~* 'passw|pwd|secret|token|salt|credential|private|key'
            THEN '***'
        ELSE substr(given.text, strpos(given.text, '=') + 1)
    END AS value
FROM pg_db_role_setting AS setting
CROSS JOIN unnest(setting.setconfig) WITH ORDINALITY AS given (text, number)
WHERE
    setting.setrole <> 0
    AND setting.setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database());
