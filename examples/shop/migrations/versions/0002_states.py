"""The states of an order are rows, to which one can be added without a migration."""

from gnkmigrate import op

revision = "0002"
down_revision = "0001"
phase = "states"


@op.reversible
def upgrade() -> None:
    op.keep_shape("public.orders")
    op.extract_lookup(
        "public.orders",
        "state",
        "public.order_states",
        rename="state_id",
        type="smallint GENERATED ALWAYS AS IDENTITY",
        enum="public.order_state",
        not_null=True,
    )
    op.archive_type("public.order_state", ("public.orders.state",))
