-- How many sessions a program still has with this database.
SELECT count(*)
FROM pg_stat_activity
WHERE
    datid = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND backend_type = 'client backend'
    AND NOT starts_with(application_name, 'gnkmigrate');
