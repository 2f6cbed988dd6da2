"""Each node of user_nodes becomes a row of nodes; user_nodes learns node_id and assigned_by.

The old table stays the truth until the phase join-table, so that the application may go on writing.
"""

from gnkmigrate import op

revision = "0002"
down_revision = "0001"
phase = "data"
search_path = "pg_catalog, pg_temp"

CUT = ("overflow", "truncate")
BEGAN = "coalesce(link.assigned_at, entity.created_at, now()) AT TIME ZONE :'source_timezone'"

# The phase join-table goes on with it.
NODES = op.Linking(
    "public.user_nodes",
    "public.nodes",
    columns=(
        op.shortened("node_address", 255, rename="identifier", unless=CUT),
        op.shortened("label", 100, rename="display_name", unless=CUT),
        op.shortened("gpu_type", 50, unless=CUT),
        op.shortened("gcore_instance_id", 255, unless=CUT),
        op.zoned("created_at"),
    ),
    identity=("identifier",),
    new=(
        op.answer("identifier_type", "varchar(50)", "identifier_type"),
        op.new("region", "varchar(100)"),
    ),
    made=False,
    key_from="id",
    hanging=("public.earnings_history", "public.node_stats_cache"),
    reference="node_id",
    links=(
        op.renamed("user_id"),
        op.zoned("created_at", "assigned_at", default="now()", fallback=BEGAN),
    ),
    owner=("user_id",),
    where=":row.is_active OR :'inactive' = 'keep'",
    new_links=(op.new("assigned_by", "uuid"),),
    references={
        "user_id": "public.users (id) ON DELETE CASCADE",
        "assigned_by": "public.users (id)",
    },
    indexes={"idx_user_nodes_user_id": "(user_id)", "idx_user_nodes_node_id": "(node_id)"},
    fallback={"is_active": "true", "updated_at": BEGAN},
    handed={"updated_at": "now() AT TIME ZONE :'source_timezone'"},
)


@op.reversible
def upgrade() -> None:
    op.link_table(NODES, only="entity")
