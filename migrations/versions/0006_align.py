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


@op.reversible
def upgrade() -> None:
    op.name_constraint("public.users", "users_pkey", "PRIMARY KEY (id)")
    op.name_constraint("public.users", "users_email_key", "UNIQUE (email)")
    op.name_constraint("public.node_requests", "node_requests_pkey", "PRIMARY KEY (id)")
    op.convert_columns("public.users", "id", USERS)
    op.convert_columns("public.node_requests", "id", NODE_REQUESTS)
    # TypeORM has called each enum after its column.
    for column in ("users.role", "node_requests.gpu_type", "node_requests.status"):
        op.archive_type(f"public.{column.replace('.', '_')}_enum", (f"public.{column}",))
    op.add_constraint("public.users", "users_role_check", f"CHECK (role IN {ROLES})")
    op.add_constraint(
        "public.node_requests", "node_requests_status_check", f"CHECK (status IN {STATES})"
    )
    op.replace_foreign_key(
        "public.node_requests",
        "node_requests_user_id_fkey",
        "FOREIGN KEY (user_id) REFERENCES public.users(id)",
        "ON DELETE CASCADE",
    )
    op.build_index("idx_users_email", "public.users", "(email)")
    op.build_index("idx_requests_assigned_to", "public.node_requests", "(assigned_to)")
