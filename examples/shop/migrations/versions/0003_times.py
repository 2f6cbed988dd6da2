"""Times have a zone."""

from gnkmigrate import op

revision = "0003"
down_revision = "0002"
phase = "times"


@op.reversible
def upgrade() -> None:
    times = (
        op.zoned("placed", "placed_at", default="now()", not_null=True),
        op.zoned("sent", "sent_at"),
    )
    op.convert_columns("public.orders", conversions=times)
