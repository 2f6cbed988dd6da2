"""Where users can be reached is encrypted."""

from gnkmigrate import op

revision = "encryption_1"
down_revision = None
branch_labels = ("encryption",)
depends_on = "0006"
phase = "encryption"
search_path = "pg_catalog, pg_temp"


@op.reversible
def upgrade() -> None:
    op.create_schema("private", like="public.users")
    op.encrypt_columns(
        "public.users",
        {"telegram": "telegram_encrypted", "discord": "discord_encrypted"},
        view="private.users",
        rotate="private.rotate_users_key",
    )
