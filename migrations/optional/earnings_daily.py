"""The earnings of each node and day are recorded from the cache, as often as one likes."""

from gnkmigrate import op

revision = "earnings_daily_1"
down_revision = None
branch_labels = ("earnings-daily",)
depends_on = "0006"
phase = "earnings-daily"
search_path = "pg_catalog, pg_temp"


@op.reversible
def upgrade() -> None:
    op.daily_rows(
        "public.node_stats_cache",
        "public.earnings_history",
        key={"node_id": "node_id"},
        stamp="fetched_at",
        day="date",
        values={"earnings_day": "earnings_gnk"},
        procedure="public.record_daily_earnings",
        missing="public.earnings_missing",
        by=("source", "source"),
        disputed="public.earnings_disputed",
    )
    op.schedule(
        "minegnk-earnings",
        "*/10 * * * *",
        "CALL public.record_daily_earnings('UTC')",
        like="public.earnings_history",
    )
