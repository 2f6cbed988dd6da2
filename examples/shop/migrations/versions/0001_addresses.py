"""Addresses have a table of their own."""

from gnkmigrate import op

revision = "0001"
down_revision = None
phase = "addresses"


@op.reversible
def upgrade() -> None:
    op.keep_shape("public.customers")
    address = {"street": "street", "zip": "postcode", "city": "city"}
    op.split_table("public.customers", "public.addresses", address, reference="address_id")
