SELECT
    array_agg(rolname::text ORDER BY rolname) AS roles,
    current_setting('password_encryption') AS encryption
FROM pg_authid
WHERE starts_with(rolpassword, 'md5') AND rolcanlogin
