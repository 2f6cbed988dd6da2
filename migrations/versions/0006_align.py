"""All that still separates the database from schema/target.sql.

Names in snake_case, enums as varchar with CHECK, timestamps with time zone, lengths, nullability,
ON DELETE, constraint names, and Appendix A's other indexes.
"""

from gnkmigrate import op

revision = "0006"
down_revision = "0005"
phase = "align"
search_path = "pg_catalog, pg_temp"

ROLES = ("user", "admin")
GPUS = ("3080", "4090", "H100", "H200")
STATES = ("pending", "approved", "rejected", "completed")
CUT = ("overflow", "truncate")
EPOCH = "timestamptz 'epoch'"

USERS = (
    op.shortened("email", 255, not_null=True, unless=CUT),
    op.shortened("password", 255, not_null=True, unless=CUT),
    op.shortened("name", 255, unless=CUT),
    op.enum_text(
        "role", "varchar(20)", "public.users_role_enum", ROLES, default="'user'", fallback="'user'"
    ),
    op.renamed("isActive", "is_active", default="true", fallback="true"),
    op.zoned("createdAt", "created_at", default="now()", fallback=EPOCH),
    op.zoned("updatedAt", "updated_at", default="now()", fallback=EPOCH),
)

NODE_REQUESTS = (
    op.enum_text("gpu_type", "varchar(50)", "public.node_requests_gpu_type_enum", GPUS),
    op.renamed("gpu_count", default="1", fallback="1"),
    op.shortened("region", 100, unless=CUT),
    op.enum_text(
        "status",
        "varchar(50)",
        "public.node_requests_status_enum",
        STATES,
        default="'pending'",
        fallback="'pending'",
    ),
    op.zoned("processed_at", fallback=EPOCH),
    op.zoned("created_at", default="now()", fallback=EPOCH),
    op.zoned("updated_at", default="now()", fallback=EPOCH),
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
    ("idx_requests_assigned_to", "public.node_requests", "(assigned_to)"),
)


@op.reversible
def upgrade() -> None:
    for table, definition, constraint in NAMES:
        op.name_constraint(table, constraint, definition)
    op.convert_columns("public.users", "id", USERS)
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
