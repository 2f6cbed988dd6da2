"""The numbers of orders do not come to an end."""

from gnkmigrate import op

revision = "0005"
down_revision = "0004"
phase = "keys"


@op.reversible
def upgrade() -> None:
    op.keep_shape("public.order_lines")
    op.widen_key("public.orders", references=("public.order_lines.order_id",))
