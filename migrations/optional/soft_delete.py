"""Deleted nodes and requests stay, and are not shown through the schema live."""

from gnkmigrate import op

revision = "soft_delete_1"
down_revision = None
branch_labels = ("soft-delete",)
depends_on = "0006"
phase = "soft-delete"
after_contract = True  # the old shape finds nodes by their identifiers, deleted or not
search_path = "pg_catalog, pg_temp"


@op.reversible
def upgrade() -> None:
    op.create_schema("live", like="public.nodes")
    op.soft_delete(
        "public.nodes",
        "live.nodes",
        unique={"nodes_identifier_key": ("idx_nodes_identifier_live", "(identifier)")},
        unfired=("audit_log",),  # it logs that deleted_at was set
    )
    op.soft_delete("public.node_requests", "live.node_requests", unfired=("audit_log",))
