"""Cached statistics are served while they are fresh, for a time that each source has."""

from gnkmigrate import op

revision = "cache_ttl_1"
down_revision = None
branch_labels = ("cache-ttl",)
depends_on = "0006"
phase = "cache-ttl"
search_path = "pg_catalog, pg_temp"


@op.reversible
def upgrade() -> None:
    op.expire_rows(
        "public.node_stats_cache",
        "fetched_at",
        view="public.node_stats_fresh",
        limits="public.node_stats_ttl",
        default="5 minutes",
        by="source",
        purge="public.purge_node_stats",
    )
    op.create_routine(
        "public.fresh_node_stats(uuid)",
        """
        (node uuid) RETURNS SETOF public.node_stats_fresh LANGUAGE sql STABLE AS $$
            SELECT fresh.* FROM public.node_stats_fresh AS fresh WHERE fresh.node_id = node
        $$
        """,
        like="public.node_stats_cache",
        comment="The statistics of a node while they are fresh, else no row",
    )
    op.schedule(
        "minegnk-stale-stats",
        "17 3 * * *",
        "CALL public.purge_node_stats()",
        like="public.node_stats_cache",
    )
