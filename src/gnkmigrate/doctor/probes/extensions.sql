-- Each extension that is wanted: whether the server has it, whether this role may create it, and
-- whether a list of the managed service leaves it out.
-- A trusted extension takes CREATE on the database, any other a superuser (manual, CREATE EXTENSION)
-- or the role that a managed service gives its customers instead. Amazon RDS has such a list in
-- rds.allowed_extensions (unset or *: all), Azure in azure.extensions.
WITH service AS (
    SELECT
        EXISTS (
            SELECT FROM pg_roles
            WHERE rolname IN ('rds_superuser', 'azure_pg_admin', 'cloudsqlsuperuser')
              AND pg_has_role(oid, 'USAGE')
        ) AS administers,
        string_to_array(
            lower(replace(
                coalesce(
                    nullif(current_setting('rds.allowed_extensions', true), ''),
                    current_setting('azure.extensions', true),
                    '*'
                ),
                ' ', ''
            )),
            ','
        ) AS allowed
)
SELECT
    wanted.name,
    available.name IS NOT NULL AS available,
    available.installed_version IS NOT NULL AS installed,
    NOT coalesce(version.superuser, false)
    OR (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
    OR service.administers
    OR (version.trusted AND has_database_privilege(current_database(), 'CREATE')) AS permitted,
    '*' = ANY (service.allowed) OR wanted.name = ANY (service.allowed) AS listed
FROM unnest(%(names)s::text[]) AS wanted (name)
CROSS JOIN service
LEFT JOIN pg_available_extensions AS available ON available.name = wanted.name
LEFT JOIN pg_available_extension_versions AS version
    ON version.name = available.name AND version.version = available.default_version
ORDER BY wanted.name
