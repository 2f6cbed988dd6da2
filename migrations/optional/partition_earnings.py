"""earnings_history has a partition for each month."""

from gnkmigrate import op

revision = "partition_earnings_1"
down_revision = None
branch_labels = ("partition-earnings",)
depends_on = "0006"
phase = "partition-earnings"
search_path = "pg_catalog, pg_temp"


@op.reversible
def upgrade() -> None:
    op.partition_table(
        "public.earnings_history",
        by="date",
        key=("id",),
        procedure="public.earnings_history_ahead",
    )
