"""New columns of users and node_requests; processed_by becomes a reference to a user."""

from gnkmigrate import op

revision = "0005"
down_revision = "0004"
phase = "columns"
search_path = "pg_catalog, pg_temp"


@op.reversible
def upgrade() -> None:
    # An e-mail that is exactly a user's, else one that differs in case alone, else a user's id.
    op.resolve_reference(
        "public.node_requests",
        "processed_by",
        "public.users",
        "email",
        type="uuid",
        fold=True,
        by_key=True,
        unless=("unmapped", "archive"),
        index=False,
    )
    op.add_columns("public.users", ("telegram", "discord", "currency_preference"))
    op.add_columns("public.node_requests", ("type", "budget", "network", "assigned_to"))
    op.add_constraint(
        "public.node_requests",
        "node_requests_type_check",
        "CHECK (type IN ('new_node', 'support', 'other'))",
    )
    op.add_constraint(
        "public.node_requests",
        "node_requests_assigned_to_fkey",
        "FOREIGN KEY (assigned_to) REFERENCES public.users (id)",
    )
