"""Views of what is asked most: nodes of a user, earnings by week and month, open requests."""

from gnkmigrate import op

revision = "views_1"
down_revision = None
branch_labels = ("views",)
depends_on = "0006"
phase = "views"
search_path = "pg_catalog, pg_temp"

EARNINGS = """
    SELECT
        node_id,
        date_trunc('{unit}', date::timestamp)::date AS {unit},
        sum(earnings_gnk) AS earnings_gnk,
        count(*) AS days
    FROM public.earnings_history
    GROUP BY node_id, date_trunc('{unit}', date::timestamp)
"""


@op.reversible
def upgrade() -> None:
    op.create_view(
        "public.user_node_overview",
        """
        SELECT
            assigned.user_id,
            users.email,
            nodes.id AS node_id,
            nodes.identifier,
            nodes.display_name,
            nodes.gpu_type,
            nodes.region,
            assigned.assigned_at,
            stats.status,
            stats.earnings_day,
            stats.earnings_total,
            stats.uptime_percent,
            stats.fetched_at
        FROM public.user_nodes AS assigned
        JOIN public.users ON users.id = assigned.user_id
        JOIN public.nodes ON nodes.id = assigned.node_id
        LEFT JOIN public.node_stats_cache AS stats ON stats.node_id = nodes.id
        """,
        comment="Every node of every user, with its cached statistics, where there are any",
    )
    op.create_view("public.earnings_weekly", EARNINGS.format(unit="week"))
    op.create_view("public.earnings_monthly", EARNINGS.format(unit="month"))
    op.create_view(
        "public.request_queue",
        """
        SELECT
            requests.id,
            requests.type,
            requests.status,
            requests.created_at,
            users.email AS requested_by,
            assignees.email AS assigned_to,
            requests.gpu_type,
            requests.gpu_count,
            row_number() OVER (ORDER BY requests.created_at, requests.id) AS place
        FROM public.node_requests AS requests
        JOIN public.users ON users.id = requests.user_id
        LEFT JOIN public.users AS assignees ON assignees.id = requests.assigned_to
        WHERE requests.status = 'pending'
        """,
        comment="Pending requests, the oldest first",
    )
