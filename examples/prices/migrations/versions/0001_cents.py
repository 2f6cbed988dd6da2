"""Prices in whole cents, beside the texts that they were."""

from alembic import op

revision = "0001"
down_revision = None
phase = "cents"


def upgrade() -> None:
    op.step(
        "column price_in_cents",
        "ALTER TABLE product ADD COLUMN price_in_cents integer",
        touches=("public.product",),
    )
    op.backfill(
        "prices in cents",
        "public.product",
        "id",
        "UPDATE product SET price_in_cents = price::numeric * 100 WHERE :batch",
    )
    op.verify(
        "every price is the same in cents",
        "SELECT id, price, price_in_cents FROM product"
        " WHERE price_in_cents IS DISTINCT FROM price::numeric * 100",
    )


def downgrade() -> None:
    op.step("prices in cents", "SELECT 1")
    op.step(
        "column price_in_cents",
        "ALTER TABLE product DROP COLUMN price_in_cents",
        touches=("public.product",),
    )
