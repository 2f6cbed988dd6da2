SELECT
    name AS extension,
    installed_version AS installed,
    default_version AS available
FROM pg_available_extensions
WHERE
    installed_version <> default_version
    -- A way from the one to the other exists, so that it is an update and not a return.
    AND EXISTS (
        SELECT
        FROM pg_extension_update_paths(name) AS step
        WHERE
            step.source = installed_version
            AND step.target = default_version
            AND step.path IS NOT NULL
    )
ORDER BY name
