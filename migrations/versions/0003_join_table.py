"""user_nodes becomes the join table between users and nodes.

The old one goes to the archive as it is: its ids, labels, notes, is_active and updated_at are what
a rollback gives back.
"""

from pathlib import Path
from runpy import run_path

from gnkmigrate import op

revision = "0003"
down_revision = "0002"
phase = "join-table"
search_path = "pg_catalog, pg_temp"

# What a rollback of the phase tables has spilled; from now on it has a place.
EARLY = ("public.nodes", "public.earnings_history", "public.node_stats_cache")

NODES = run_path(str(Path(__file__).with_name("0002_data.py")))["NODES"]


@op.reversible
def upgrade() -> None:
    op.verify(
        "inactive assignments that become visible to the application",
        """
        SELECT count(*) FROM public.user_nodes
        WHERE NOT is_active AND :'inactive' = 'keep'
        """,
        once=True,
        reports=True,
    )
    op.link_table(NODES, only="links")
    for table in EARLY:
        op.take_back(f"The old shape has no table {table}.", table, key=())
