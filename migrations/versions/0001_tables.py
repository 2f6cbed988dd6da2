"""The tables that MineGNK lacks: nodes, node_stats_cache, earnings_history."""

from gnkmigrate import op

revision = "0001"
down_revision = None
phase = "tables"
search_path = "pg_catalog, pg_temp"


@op.reversible
def upgrade() -> None:
    op.expect_table("public.users", ("id", "email", "isActive"), types=(("id", "uuid"),))
    op.expect_table("public.user_nodes", ("id", "user_id", "node_address", "is_active"))
    op.expect_table("public.node_requests", ("id", "user_id", "processed_by", "status"))
    op.keep_shape("public.users")
    op.keep_shape("public.node_requests")
    op.create_extension("pgcrypto")
    op.create_tables(
        "public.nodes",
        "public.node_stats_cache",
        "public.earnings_history",
        like="public.user_nodes",
        returns=False,  # only the phase join-table has a place for nodes that nobody is assigned to
    )
