"""Full-text search in requests and nodes."""

from gnkmigrate import op

revision = "search_1"
down_revision = None
branch_labels = ("search",)
depends_on = "0006"
phase = "search"
search_path = "pg_catalog, pg_temp"


@op.reversible
def upgrade() -> None:
    op.search_column(
        "public.node_requests",
        "search",
        {"message": "A", "admin_notes": "B"},
        index="idx_requests_search",
    )
    op.search_column(
        "public.nodes",
        "search",
        {"display_name": "A", "identifier": "B"},
        index="idx_nodes_search",
    )
    op.create_routine(
        "public.search_requests(text)",
        """
        (words text)
        RETURNS TABLE (id uuid, rank real, message text) LANGUAGE sql STABLE AS $$
            SELECT requests.id, ts_rank(requests.search, query), requests.message
            FROM public.node_requests AS requests,
                 websearch_to_tsquery('pg_catalog.simple', words) AS query
            WHERE requests.search @@ query
            ORDER BY ts_rank(requests.search, query) DESC, requests.id
        $$
        """,
        like="public.node_requests",
        comment="Requests in whose message or notes the words are, the best first",
    )
