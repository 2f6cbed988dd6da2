SELECT
    {number} AS number,
    count(*) AS examined,
    count(*) FILTER (
        WHERE NOT (
            value ~ '^[$][A-Za-z0-9-]+[$]'
            OR value ~* '^(pbkdf2|bcrypt|argon2|scrypt|sha\d+|md5|unsalted|scram)[a-z0-9_-]*[$:]'
            OR value ~ '^[{{][A-Za-z0-9-]+[}}]'
            OR value ~ '^!'
            OR value ~* '^(md5|\\x|0x)?[0-9a-f]{{32,}}$'
            OR (length(value) >= 40 AND value !~ '\s')
            OR value ~ '^-----BEGIN '
        )
    ) AS plain
FROM (
    SELECT {column}::text AS value
    FROM ONLY {relation}
    WHERE length({column}::text) >= 6
    LIMIT {sample}
) AS sampled
