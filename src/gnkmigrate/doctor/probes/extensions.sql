-- Each extension that is wanted: whether the server has it, and whether this role may create it.
-- A trusted extension takes CREATE on the database, any other a superuser (manual, CREATE EXTENSION).
SELECT
    wanted.name,
    available.name IS NOT NULL AS available,
    available.installed_version IS NOT NULL AS installed,
    NOT coalesce(version.superuser, false)
    OR (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
    OR (version.trusted AND has_database_privilege(current_database(), 'CREATE')) AS allowed
FROM unnest(%(names)s::text[]) AS wanted (name)
LEFT JOIN pg_available_extensions AS available ON available.name = wanted.name
LEFT JOIN pg_available_extension_versions AS version
    ON version.name = available.name AND version.version = available.default_version
ORDER BY wanted.name
