"""An order refers to its customer by the key, and no longer by an address of e-mail."""

from gnkmigrate import op

revision = "0004"
down_revision = "0003"
phase = "customers"


@op.reversible
def upgrade() -> None:
    op.resolve_reference(
        "public.orders",
        "customer",
        "public.customers",
        "email",
        type="integer",
        fold=True,
        rename="customer_id",
        not_null=True,
    )
