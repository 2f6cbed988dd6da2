"""With whose rights a project's own checks ask: with those of a role that may only read.

What a check's file holds is run as it is written, perhaps by a superuser in CI, for whoever may
propose a change of it. So it is one SELECT, in a read-only transaction, under a role that has
SELECT alone (PostgreSQL manual, 22.5, pg_read_all_data), and finds names that are not qualified in
pg_catalog only, where nobody can plant a function.

SET ROLE can be taken back by whoever has a way to call set_config(), and what a function of others
does it does with the session's rights. So a check that names such a function is refused, whoever
asks, and one that runs SQL from a text.
"""

import re

from psycopg import errors, sql

from gnkmigrate.errors import SettingsError
from gnkmigrate.postgres.connection import Connection

ALL_DATA = "pg_read_all_data"

_WITH_SET = 160000  # the first version that tells membership with SET from others

_MAY_READ_ALL = """
SELECT rolsuper OR pg_has_role(current_user, 'pg_read_all_data', {right})
FROM pg_roles WHERE rolname = current_user
"""
# PostgreSQL's own that change settings, write, or run SQL from a text are PARALLEL UNSAFE, but for
# those that read a table whose name, or number, is in a text (table_to_xml and its kin). What
# functions of others do nobody knows; a superuser needs no trick.
_UNSAFE = """
SELECT DISTINCT proname::text
FROM pg_proc
JOIN pg_roles ON pg_roles.oid = proowner
JOIN pg_namespace ON pg_namespace.oid = pronamespace
WHERE nspname = 'pg_catalog' AND proname = ANY (%(words)s)
      AND (proparallel = 'u' OR proname ~ '_to_xml')
   OR (nspname, proname) IN (SELECT * FROM unnest(%(schemas)s::text[], %(names)s::text[]))
      AND nspname <> 'pg_catalog' AND NOT (rolsuper OR prosecdef)
ORDER BY 1
"""
# Catalogs with passwords, which pg_read_all_data may read as well; statistics have samples of them.
_SECRET = frozenset(
    {"pg_authid", "pg_shadow", "pg_subscription", "pg_user_mapping", "pg_statistic", "pg_stats",
     "pg_statistic_ext_data", "pg_stats_ext", "pg_stats_ext_exprs"}
)  # fmt: skip
_WORD = re.compile(r"\w[\w$]*")
# A name with its schema, with whatever may stand between the two.
_NAME = r'(?:"([^"]+)"|(\w[\w$]*))'
_BETWEEN = r"(?:\s|/\*.*?\*/|--[^\n]*\n)*"
_QUALIFIED = re.compile(rf"{_NAME}{_BETWEEN}\.{_BETWEEN}(?={_NAME})", re.DOTALL)
# An operator with its schema, which calls a function as well.
_OPERATOR = re.compile(
    rf"\boperator{_BETWEEN}\({_BETWEEN}(?!pg_catalog{_BETWEEN}\.){_NAME}{_BETWEEN}\.",
    re.DOTALL | re.IGNORECASE,
)
# PostgreSQL's own that do something to others, though not to what is stored.
_ACTING = re.compile(r"pg_(?:(?:try_)?advisory_\w+|notify|terminate_backend|cancel_backend)")
_NESTED_COMMENT = re.compile(r"/\*(?:(?!\*/).)*/\*", re.DOTALL)


def reader(connection: Connection, named: str | None) -> str | None:
    """The role under which checks ask; None where they ask as the session's own.

    Args:
        connection: the session with the live database.
        named: what the setting audit_role says.

    Raises:
        SettingsError: that role does not exist, or the session's may not become it.
    """
    if named is not None:
        try:
            with connection.transaction(force_rollback=True):
                take(connection, named)
        except (errors.InsufficientPrivilege, errors.InvalidParameterValue) as error:
            raise SettingsError(
                f"The role of the setting audit_role cannot be taken: "
                f"{error.diag.message_primary}.",
                hint="Create it, and grant it to the role that audits; or leave the setting out.",
            ) from None
        return named
    right = "SET" if connection.info.server_version >= _WITH_SET else "MEMBER"
    query = sql.SQL(_MAY_READ_ALL).format(right=sql.Literal(right))
    row = connection.execute(query).fetchone()
    return ALL_DATA if row and row[0] else None


def take(connection: Connection, role: str | None) -> None:
    """Goes on as this role until the transaction ends."""
    if role is not None:
        connection.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(role)))


def unsafe(connection: Connection, text: str) -> tuple[str, ...]:
    """What a query names that could give it the session's own rights, or passwords, by name."""
    if "u&" in text.lower() or _NESTED_COMMENT.search(text):
        return ("U& or nested comments",)  # which hide names
    words = sorted({word.lower() for word in _WORD.findall(text)})
    pairs = [
        (schema or plain_schema.lower(), name or plain_name.lower())
        for schema, plain_schema, name, plain_name in _QUALIFIED.findall(text)
    ]
    if found := _OPERATOR.search(text):
        return (f"an operator of schema {found[1] or found[2]}",)
    acting = [word for word in words if _ACTING.fullmatch(word)]
    asked = {"words": words, "schemas": [a for a, _ in pairs], "names": [b for _, b in pairs]}
    named = connection.execute(_UNSAFE, asked).fetchall()
    return (*sorted(_SECRET.intersection(words)), *acting, *(row[0] for row in named))
