"""Products are found by their name."""

from alembic import op

revision = "0002"
down_revision = "0001"
phase = "names"


def upgrade() -> None:
    op.build_index("product_name", "public.product", "(name)")


def downgrade() -> None:
    op.drop_built_index("product_name", "public.product")
