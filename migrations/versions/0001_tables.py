"""The tables that MineGNK lacks: nodes, node_stats_cache, earnings_history."""

from gnkmigrate import op

revision = "0001"
down_revision = None
phase = "tables"
search_path = "pg_catalog, pg_temp"

NODES = """
CREATE TABLE public.nodes (
    id uuid PRIMARY KEY DEFAULT public.uuid_generate_v4(),
    identifier varchar(255) UNIQUE NOT NULL,
    identifier_type varchar(50) NOT NULL
        CHECK (identifier_type IN ('wallet', 'node_id', 'operator', 'validator')),
    display_name varchar(100),
    gpu_type varchar(50),
    region varchar(100),
    gcore_instance_id varchar(255),
    created_at timestamptz DEFAULT now()
)
"""

NODE_STATS_CACHE = """
CREATE TABLE public.node_stats_cache (
    node_id uuid PRIMARY KEY REFERENCES public.nodes (id) ON DELETE CASCADE,
    status varchar(50),
    earnings_day numeric(20, 8),
    earnings_total numeric(20, 8),
    uptime_percent numeric(5, 2),
    tokens_per_sec numeric(10, 2),
    jobs_day integer,
    active_model varchar(255),
    voting_weight numeric(20, 8),
    source varchar(50),
    fetched_at timestamptz DEFAULT now()
);
CREATE INDEX idx_node_stats_fetched ON public.node_stats_cache (fetched_at)
"""

EARNINGS_HISTORY = """
CREATE TABLE public.earnings_history (
    id uuid PRIMARY KEY DEFAULT public.uuid_generate_v4(),
    node_id uuid REFERENCES public.nodes (id) ON DELETE CASCADE,
    date date NOT NULL,
    earnings_gnk numeric(20, 8) NOT NULL,
    source varchar(50),
    created_at timestamptz DEFAULT now(),
    UNIQUE (node_id, date)
);
CREATE INDEX idx_earnings_node_date ON public.earnings_history (node_id, date DESC)
"""

# With the names that PostgreSQL gives their indexes.
NEW = (
    "public.nodes",
    "public.nodes_pkey",
    "public.nodes_identifier_key",
    "public.node_stats_cache",
    "public.node_stats_cache_pkey",
    "public.idx_node_stats_fetched",
    "public.earnings_history",
    "public.earnings_history_pkey",
    "public.earnings_history_node_id_date_key",
    "public.idx_earnings_node_date",
)


def upgrade() -> None:
    op.expect_absent(NEW)
    op.expect_table(
        "public.users",
        ("id", "email", "password", "name", "role", "isActive", "createdAt", "updatedAt"),
        types=(("id", "uuid"),),
    )
    op.expect_table("public.user_nodes", ("id", "user_id", "node_address", "is_active"))
    op.expect_table("public.node_requests", ("id", "user_id", "processed_by", "status"))
    op.keep_shape("public.users")
    op.keep_shape("public.node_requests")
    op.create_extension("pgcrypto")
    op.step("table nodes", NODES)
    op.step("table node_stats_cache", NODE_STATS_CACHE)
    op.step("table earnings_history", EARNINGS_HISTORY)
    op.carry_privileges(
        "public.user_nodes",
        ("public.nodes", "public.node_stats_cache", "public.earnings_history"),
    )
    op.verify(
        "every cached status and every day's earnings belong to a node",
        """
        SELECT 'node_stats_cache' AS relation, node_id FROM public.node_stats_cache AS cached
        WHERE NOT EXISTS (SELECT FROM public.nodes WHERE id = cached.node_id)
        UNION ALL
        SELECT 'earnings_history', node_id FROM public.earnings_history AS earned
        WHERE node_id IS NOT NULL
          AND NOT EXISTS (SELECT FROM public.nodes WHERE id = earned.node_id)
        """,
    )


def downgrade() -> None:
    op.spill(
        "The old shape has no place for earnings.",
        "public.earnings_history",
        "true",
        shows=("node_id", "date", "earnings_gnk"),
        of="table earnings_history",
    )
    op.spill(
        "The old shape has no place for cached statistics.",
        "public.node_stats_cache",
        "true",
        shows=("node_id", "fetched_at"),
        of="table node_stats_cache",
    )
    op.spill(
        "The old shape has no place for nodes that nobody is assigned to.",
        "public.nodes",
        "true",
        shows=("identifier", "display_name"),
        of="table nodes",
    )
    op.step(
        "table earnings_history",
        "DROP TABLE public.earnings_history",
        empty=("public.earnings_history",),
    )
    op.step(
        "table node_stats_cache",
        "DROP TABLE public.node_stats_cache",
        empty=("public.node_stats_cache",),
    )
    op.step("table nodes", "DROP TABLE public.nodes", empty=("public.nodes",))
    op.drop_extension("pgcrypto")
    op.forget_shape("public.node_requests")
    op.forget_shape("public.users")
