"""Who changed what in users, nodes, user_nodes and node_requests."""

from gnkmigrate import op

revision = "audit_log_1"
down_revision = None
branch_labels = ("audit-log",)
depends_on = "0006"
phase = "audit-log"
search_path = "pg_catalog, pg_temp"


@op.reversible
def upgrade() -> None:
    op.audit_log(
        ("public.users", "public.nodes", "public.user_nodes", "public.node_requests"),
        "public.audit_log",
        secret={"public.users": ("password", "telegram", "discord")},
    )
