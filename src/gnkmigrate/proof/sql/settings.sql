-- What is set for this database, and for roles in it.
SELECT
    role.rolname AS role,
    split_part(given.text, '=', 1) AS name,
    substr(given.text, strpos(given.text, '=') + 1) AS value
FROM pg_db_role_setting AS setting
CROSS JOIN unnest(setting.setconfig) AS given (text)
LEFT JOIN pg_roles AS role ON role.oid = setting.setrole
WHERE setting.setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database());
