-- Subscriptions of this database. A password in the connection is read as *** alone. The connection
-- is NULL where the role may not read it; a query that names the column fails then even where it
-- does not look at it, so the query that does is a text, and run for who may read it alone.
SELECT
    subscription.oid,
    0 AS subid,
    NULL::oid AS parent,
    0 AS parent_subid,
    subscription.subname AS name,
    0 AS position,
    CASE
        WHEN has_column_privilege('pg_subscription', 'subconninfo', 'SELECT') THEN (
            SELECT
                CASE
                    WHEN address.text ~ '^\s*postgres(ql)?://'
                    THEN regexp_replace(
                        regexp_replace(address.text, '(://[^:/@]*):[^@/]*@', '\1:***@'),
                        '([?&]\w*(?:pass|secret|key)\w*=)[^&]*', '\1***', 'gi'
                    )
                    ELSE regexp_replace(
                        address.text,
                        '(\m\w*(?:pass|secret|key)\w*\s*=\s*)(?:''(?:[^''\\]|\\.)*''|(?:[^\s\\]|\\.)+)',
                        '\1***', 'gi'
                    )
                END
            FROM convert_from(
                decode(
                    substring(
                        query_to_xml(
                            'SELECT encode(convert_to(subconninfo, ''UTF8''), ''hex'') AS conninfo '
                            'FROM pg_catalog.pg_subscription WHERE oid = ' || subscription.oid,
                            true, false, ''
                        )::text
                        FROM '<conninfo>([0-9a-f]*)'
                    ),
                    'hex'
                ),
                'UTF8'
            ) AS address (text)
        )
    END AS connection,
    subscription.subenabled AS enabled,
    subscription.subslotname::text AS slot_name,
    subscription.subpublications AS publications,
    subscription.subsynccommit AS synchronous_commit,
    subscription.subbinary AS binary,
    -- Before PostgreSQL 16 it is true or false.
    CASE left(subscription.substream::text, 1)
        WHEN 'f' THEN 'off'
        WHEN 'p' THEN 'parallel'
        ELSE 'on'
    END AS streaming,
    newer.two_phase,
    newer.disable_on_error,
    newer.password_required,
    newer.run_as_owner,
    newer.origin,
    newer.failover
-- What pg_subscription lacks in older versions the names find here.
FROM (
    SELECT
        'd'::"char" AS subtwophasestate,
        false AS subdisableonerr,
        true AS subpasswordrequired,
        false AS subrunasowner,
        'any' AS suborigin,
        false AS subfailover
) AS older
CROSS JOIN pg_subscription AS subscription
CROSS JOIN LATERAL (
    SELECT
        subtwophasestate <> 'd' AS two_phase,
        subdisableonerr AS disable_on_error,
        subpasswordrequired AS password_required,
        subrunasowner AS run_as_owner,
        suborigin AS origin,
        subfailover AS failover
    FROM pg_subscription AS itself
    WHERE itself.oid = subscription.oid
) AS newer
WHERE
    subscription.subdbid = (
        SELECT database.oid FROM pg_database AS database WHERE database.datname = current_database()
    );
