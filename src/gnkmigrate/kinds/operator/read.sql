-- Operators. Those without a function are shells, which another one's COMMUTATOR or NEGATOR made.
SELECT
    operator.oid,
    0 AS subid,
    operator.oprnamespace AS parent,
    0 AS parent_subid,
    operator.oprname || '(' || coalesce(format_type(nullif(operator.oprleft, 0), NULL), 'NONE')
        || ', ' || coalesce(format_type(nullif(operator.oprright, 0), NULL), 'NONE') || ')' AS name,
    0 AS position,
    format_type(nullif(operator.oprleft, 0), NULL) AS left,
    format_type(nullif(operator.oprright, 0), NULL) AS right,
    nullif(operator.oprcode::oid, 0)::regproc::text AS function,
    -- Of these two only schema and symbol: the arguments are this one's.
    quote_ident(commutator_namespace.nspname) || '.' || commutator.oprname AS commutator,
    quote_ident(negator_namespace.nspname) || '.' || negator.oprname AS negator,
    nullif(operator.oprrest::oid, 0)::regproc::text AS restrict,
    nullif(operator.oprjoin::oid, 0)::regproc::text AS join,
    operator.oprcanhash AS hashes,
    operator.oprcanmerge AS merges
FROM pg_operator AS operator
LEFT JOIN pg_operator AS commutator ON commutator.oid = operator.oprcom
LEFT JOIN pg_namespace AS commutator_namespace
    ON commutator_namespace.oid = commutator.oprnamespace
LEFT JOIN pg_operator AS negator ON negator.oid = operator.oprnegate
LEFT JOIN pg_namespace AS negator_namespace ON negator_namespace.oid = negator.oprnamespace
WHERE operator.oprnamespace = ANY (%(schemas)s::oid[]);
