"""The indexes of migration 4 and section 3.3 of the audit report."""

from gnkmigrate import op

revision = "0004"
down_revision = "0003"
phase = "indexes"
search_path = "pg_catalog, pg_temp"


@op.reversible
def upgrade() -> None:
    # user_nodes.is_active is no column of the join table; its other index came with it.
    op.build_index("idx_requests_user_id", "public.node_requests", "(user_id)")
    op.build_index("idx_requests_status", "public.node_requests", "(status)")
    op.build_index("idx_requests_created_at", "public.node_requests", "(created_at DESC)")
    op.build_index("idx_users_role", "public.users", "(role)")
    op.build_index("idx_users_is_active", "public.users", '("isActive") WHERE "isActive" = true')
    op.verify(
        "every index is valid",
        """
        SELECT indexrelid::regclass AS index
        FROM pg_catalog.pg_index
        WHERE NOT indisvalid
          AND indrelid IN ('public.node_requests'::regclass, 'public.users'::regclass)
        """,
    )
