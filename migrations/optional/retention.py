"""Old cache entries and old earnings are deleted in batches, as a policy says."""

from gnkmigrate import op

revision = "retention_1"
down_revision = None
branch_labels = ("retention",)
depends_on = "0006"
phase = "retention"
search_path = "pg_catalog, pg_temp"


@op.reversible
def upgrade() -> None:
    op.retain_rows(
        {
            "public.node_stats_cache": ("fetched_at", "90 days"),
            "public.earnings_history": ("date", "3 years"),
        },
        policy="public.retention_policy",
        procedure="public.apply_retention",
        report="public.retention_report",
    )
    op.schedule(
        "minegnk-retention",
        "37 3 * * *",
        "CALL public.apply_retention()",
        like="public.earnings_history",
    )
