"""A small database of somebody's, and the one thing that they want changed about it."""

DATABASE = """
CREATE TABLE product (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name varchar(80) NOT NULL UNIQUE,
    price numeric(10, 2) NOT NULL CHECK (price > 0)
);
INSERT INTO product (name, price) VALUES ('bell', 7.5), ('lamp', 19.9), ('tyre', 24);
"""

# To be added to the target.
WANTED = "CREATE INDEX product_price_idx ON public.product USING btree (price);\n"

REVISION = '''"""Products are found by their price."""

from alembic import op

revision = "0001"
down_revision = None
phase = "prices"


def upgrade() -> None:
    op.build_index("product_price_idx", "public.product", "(price)")


def downgrade() -> None:
    op.drop_built_index("product_price_idx", "public.product")
'''
