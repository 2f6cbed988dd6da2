"""All that still separates the database from schema/target.sql.

Names in snake_case, enums as varchar with CHECK, timestamps with time zone, lengths, nullability,
ON DELETE, constraint names, and Appendix A's other indexes.
"""

from alembic import op

from gnkmigrate.phases.conversion import Conversion

revision = "0006"
down_revision = "0005"
phase = "align"
search_path = "pg_catalog, pg_temp"


# At the very ends of time another zone is out of range.
NEAR_ENOUGH = (
    "NOT isfinite(:column) OR :column BETWEEN '4714-11-26 00:00:00 BC' AND '294276-12-30 00:00:00'"
)


def text(column: str, length: int, *, not_null: bool = False) -> Conversion:
    """A varchar gets a length; what is longer is cut, which the guards have asked about."""
    return Conversion(
        column,
        f"varchar({length})",
        using=f"left(:column, {length})",
        not_null=not_null,
        expects="character varying",
    )


def moment(column: str, rename: str = "", *, default: str | None = "now()") -> Conversion:
    """A timestamp without time zone becomes one with, read in the source time zone."""
    return Conversion(
        column,
        "timestamptz",
        using=":column AT TIME ZONE :'source_timezone'",
        back=":column AT TIME ZONE :'source_timezone'",
        default=default,
        rename=rename,
        expects="timestamp without time zone",
        fits=NEAR_ENOUGH,
        holds=NEAR_ENOUGH,
        fallback="timestamptz 'epoch'",
    )


def label(
    column: str, length: int, enum: str, *, default: str | None = None, labels: tuple[str, ...]
) -> Conversion:
    """An enum becomes a varchar."""
    allowed = ", ".join(f"'{name}'" for name in labels)
    return Conversion(
        column,
        f"varchar({length})",
        using=":column::text",
        back=f":column::text::{enum}",
        default=default,
        expects=enum,
        fits=f":column::text IN ({allowed})",
        holds=f":column IN ({allowed})",
        fallback=default,
    )


USERS = (
    text("email", 255, not_null=True),
    text("password", 255, not_null=True),
    text("name", 255),
    label("role", 20, "public.users_role_enum", default="'user'", labels=("user", "admin")),
    Conversion("isActive", "boolean", default="true", rename="is_active", fallback="true"),
    moment("createdAt", "created_at"),
    moment("updatedAt", "updated_at"),
)

NODE_REQUESTS = (
    label(
        "gpu_type",
        50,
        "public.node_requests_gpu_type_enum",
        labels=("3080", "4090", "H100", "H200"),
    ),
    Conversion("gpu_count", "integer", default="1", fallback="1"),
    text("region", 100),
    label(
        "status",
        50,
        "public.node_requests_status_enum",
        default="'pending'",
        labels=("pending", "approved", "rejected", "completed"),
    ),
    moment("processed_at", default=None),
    moment("created_at"),
    moment("updated_at"),
)

TYPES = (
    ("public.users_role_enum", ("public.users.role",)),
    ("public.node_requests_gpu_type_enum", ("public.node_requests.gpu_type",)),
    ("public.node_requests_status_enum", ("public.node_requests.status",)),
)

CHECKS = (
    ("public.users", "users_role_check", "CHECK (role IN ('user', 'admin'))"),
    (
        "public.node_requests",
        "node_requests_status_check",
        "CHECK (status IN ('pending', 'approved', 'rejected', 'completed'))",
    ),
)

NAMES = (
    ("public.users", "PRIMARY KEY (id)", "users_pkey"),
    ("public.users", "UNIQUE (email)", "users_email_key"),
    ("public.node_requests", "PRIMARY KEY (id)", "node_requests_pkey"),
)

INDEXES = (
    ("idx_users_email", "public.users", "(email)"),
    ("idx_nodes_identifier", "public.nodes", "(identifier)"),
    ("idx_nodes_gpu_type", "public.nodes", "(gpu_type)"),
    ("idx_node_stats_status", "public.node_stats_cache", "(status)"),
    ("idx_earnings_date", "public.earnings_history", "(date DESC)"),
    ("idx_requests_assigned_to", "public.node_requests", "(assigned_to)"),
)

# By which texts of processed_by are resolved for the old application; the phase columns builds it.
RESOLVING = "gnkmigrate_users_folded_email"

# Lengths alone: a password is never shown.
TOO_LONG = """
SELECT 'users' AS relation, id, 'email' AS column, char_length(email) AS length, 255 AS allowed
FROM public.users WHERE char_length(email) > 255
UNION ALL
SELECT 'users', id, 'password', char_length(password), 255
FROM public.users WHERE char_length(password) > 255
UNION ALL
SELECT 'users', id, 'name', char_length(name), 255
FROM public.users WHERE char_length(name) > 255
UNION ALL
SELECT 'node_requests', id, 'region', char_length(region), 100
FROM public.node_requests WHERE char_length(region) > 100
"""


def upgrade() -> None:
    op.expect_table("public.users", ("id", "email", "isActive", "createdAt", "updatedAt"))
    op.guard(
        "Values are too long for the target.",
        TOO_LONG,
        hint="Shorten them, or cut them with --overflow truncate (the originals are kept).",
        unless=(("overflow", "truncate"),),
    )
    op.guard(
        "E-mails would become one when cut to 255 characters.",
        """
        SELECT left(email, 60) AS begins_with, count(*) AS users
        FROM public.users
        GROUP BY left(email, 255), left(email, 60)
        HAVING count(*) > 1
        """,
        hint="Shorten them so that they stay different.",
    )
    for table, definition, constraint in NAMES:
        op.name_constraint(table, constraint, definition)
    op.retire_index(RESOLVING, "public.users")
    op.convert_columns("public.users", "id", USERS)
    op.build_index(RESOLVING, "public.users", "(gnkmigrate.folded(email::text))")
    op.convert_columns("public.node_requests", "id", NODE_REQUESTS)
    for type_, converted in TYPES:
        op.archive_type(type_, converted)
    for table, constraint, definition in CHECKS:
        op.add_constraint(table, constraint, definition)
    op.replace_foreign_key(
        "public.node_requests",
        "node_requests_user_id_fkey",
        "FOREIGN KEY (user_id) REFERENCES public.users(id)",
        "ON DELETE CASCADE",
    )
    for index, table, definition in INDEXES:
        op.build_index(index, table, definition)


def downgrade() -> None:
    for index, table, _ in reversed(INDEXES):
        op.drop_built_index(index, table)
    op.restore_foreign_key("public.node_requests", "node_requests_user_id_fkey")
    for table, constraint, _ in reversed(CHECKS):
        op.drop_added_constraint(table, constraint)
    for type_, _ in reversed(TYPES):
        op.restore_type(type_)
    op.revert_columns("public.node_requests", "id", NODE_REQUESTS)
    op.drop_built_index(RESOLVING, "public.users")
    op.revert_columns("public.users", "id", USERS)
    op.rebuild_index(RESOLVING, "public.users")
    for table, _, constraint in reversed(NAMES):
        op.restore_constraint_name(table, constraint)
