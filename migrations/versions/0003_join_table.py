"""user_nodes becomes the join table between users and nodes.

The new table is filled and kept in step behind the old one and takes its place in one short
transaction. The old one goes to the archive as it is: its ids, labels, notes, is_active and
updated_at are what a rollback gives back.
"""

from alembic import op

revision = "0003"
down_revision = "0002"
phase = "join-table"
search_path = "pg_catalog, pg_temp"

JOIN_TABLE = """
CREATE TABLE gnkmigrate_staging.user_nodes (
    user_id uuid NOT NULL REFERENCES public.users (id) ON DELETE CASCADE,
    node_id uuid NOT NULL REFERENCES public.nodes (id) ON DELETE CASCADE,
    assigned_at timestamptz DEFAULT now(),
    assigned_by uuid REFERENCES public.users (id),
    PRIMARY KEY (user_id, node_id)
);
CREATE INDEX idx_user_nodes_user_id ON gnkmigrate_staging.user_nodes (user_id);
CREATE INDEX idx_user_nodes_node_id ON gnkmigrate_staging.user_nodes (node_id)
"""

# Whether a row of the old table is an assignment in the new one.
ASSIGNED = "({row}.is_active OR :'inactive' = 'keep')"

# The table behind which the old one leads: the staged one before the swap, the live one after it.
FOLLOW = f"""
CREATE OR REPLACE FUNCTION gnkmigrate.assignment_of_user_node() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    IF current_setting('gnkmigrate.merging', true) = 'on' THEN
        RETURN NULL;  -- the new table is the truth just now
    END IF;
    IF TG_OP = 'TRUNCATE' THEN
        DELETE FROM {{followed}}.user_nodes;
        RETURN NULL;
    END IF;
    IF TG_OP IN ('UPDATE', 'DELETE') THEN
        DELETE FROM {{followed}}.user_nodes
        WHERE user_id = OLD.user_id AND node_id = OLD.node_id;
    END IF;
    IF TG_OP IN ('INSERT', 'UPDATE') AND {ASSIGNED.format(row="NEW")} THEN
        INSERT INTO {{followed}}.user_nodes (user_id, node_id, assigned_at, assigned_by)
        VALUES (NEW.user_id, NEW.node_id, NEW.created_at AT TIME ZONE :'source_timezone',
                NEW.assigned_by)
        ON CONFLICT (user_id, node_id) DO UPDATE SET
            assigned_at = excluded.assigned_at, assigned_by = excluded.assigned_by;
    END IF;
    RETURN NULL;
END
$body$
"""

SYNC = f"""
{FOLLOW.format(followed="gnkmigrate_staging")};
CREATE TRIGGER gnkmigrate_assignment
    AFTER INSERT OR UPDATE OR DELETE
    ON public.user_nodes FOR EACH ROW EXECUTE FUNCTION gnkmigrate.assignment_of_user_node();
CREATE TRIGGER gnkmigrate_assignments_gone
    AFTER TRUNCATE
    ON public.user_nodes FOR EACH STATEMENT EXECUTE FUNCTION gnkmigrate.assignment_of_user_node()
"""

UNSYNC = """
DROP TRIGGER gnkmigrate_assignment ON public.user_nodes;
DROP TRIGGER gnkmigrate_assignments_gone ON public.user_nodes;
DROP FUNCTION gnkmigrate.assignment_of_user_node()
"""

EXPECTED = f"""
SELECT DISTINCT ON (old.user_id, old.node_id)
       old.user_id, old.node_id,
       old.created_at AT TIME ZONE :'source_timezone' AS assigned_at, old.assigned_by
FROM public.user_nodes AS old
WHERE {{condition}} AND {ASSIGNED.format(row="old")}
ORDER BY old.user_id, old.node_id, old.created_at, old.id
"""

FILL = f"""
INSERT INTO gnkmigrate_staging.user_nodes (user_id, node_id, assigned_at, assigned_by)
{EXPECTED.format(condition=":batch")}
ON CONFLICT (user_id, node_id) DO NOTHING
"""

# On the way back. `old` is a row of the archive, `join` one of the join table.
TIME = "AT TIME ZONE :'source_timezone'"

# A node whose archived rows all belong to others than its user now: one of them is handed over.
HAND_OVER = f"""
UPDATE gnkmigrate_archive.user_nodes AS old
SET user_id = new.user_id, is_active = true, updated_at = clock_timestamp() {TIME}
FROM (SELECT DISTINCT ON (assigned.node_id) assigned.node_id, assigned.user_id, archived.id
      FROM public.user_nodes AS assigned
      JOIN gnkmigrate_archive.user_nodes AS archived USING (node_id)
      WHERE {{only}} AND NOT EXISTS (SELECT FROM public.user_nodes AS kept
                        JOIN gnkmigrate_archive.user_nodes AS same USING (user_id, node_id)
                        WHERE kept.node_id = assigned.node_id)
      ORDER BY assigned.node_id, assigned.assigned_at, assigned.user_id, archived.id) AS new
WHERE old.id = new.id
"""

# Assignments that were ended since. An inactive row that was not taken over as an assignment
# stands for itself while its node has no user.
ENDED = """
DELETE FROM gnkmigrate_archive.user_nodes AS archived
WHERE {only} AND NOT EXISTS (SELECT FROM public.user_nodes AS assigned
                  WHERE assigned.user_id = archived.user_id AND assigned.node_id = archived.node_id)
  AND NOT (NOT archived.is_active AND :'inactive' = 'unassign'
           AND EXISTS (SELECT FROM public.users WHERE id = archived.user_id)
           AND EXISTS (SELECT FROM public.nodes WHERE id = archived.node_id)
           AND NOT EXISTS (SELECT FROM public.user_nodes WHERE node_id = archived.node_id))
"""

# Two nodes may have exchanged their identifiers: an address that is given up makes way first.
PARKED = """
UPDATE gnkmigrate_archive.user_nodes AS archived
SET node_address = archived.id
FROM public.nodes AS node
WHERE {only} AND node.id = archived.node_id
  AND node.identifier <> left(archived.node_address, 255)
"""

# What the upgrade made of a value counts as unchanged, and then the original stays.
CHANGED = f"""
UPDATE gnkmigrate_archive.user_nodes AS archived
SET node_address = CASE WHEN node.identifier = left(archived.node_address, 255)
                        THEN archived.node_address ELSE node.identifier END,
    label = CASE WHEN node.display_name IS NOT DISTINCT FROM left(archived.label, 100)
                 THEN archived.label ELSE node.display_name END,
    gpu_type = CASE WHEN node.gpu_type IS NOT DISTINCT FROM left(archived.gpu_type, 50)
                    THEN archived.gpu_type ELSE node.gpu_type END,
    gcore_instance_id =
        CASE WHEN node.gcore_instance_id IS NOT DISTINCT FROM left(archived.gcore_instance_id, 255)
             THEN archived.gcore_instance_id ELSE node.gcore_instance_id END
FROM public.nodes AS node
WHERE {{only}} AND node.id = archived.node_id
  AND (node.identifier, node.display_name, node.gpu_type, node.gcore_instance_id)
      IS DISTINCT FROM (left(archived.node_address, 255), left(archived.label, 100),
                        left(archived.gpu_type, 50), left(archived.gcore_instance_id, 255));

UPDATE gnkmigrate_archive.user_nodes AS archived
SET assigned_by = assigned.assigned_by,
    created_at = CASE WHEN assigned.assigned_at = archived.created_at {TIME}
                           OR assigned.assigned_at IS NULL
                      THEN archived.created_at ELSE assigned.assigned_at {TIME} END
FROM public.user_nodes AS assigned
WHERE {{only}} AND assigned.user_id = archived.user_id AND assigned.node_id = archived.node_id
  AND (assigned.assigned_by, assigned.assigned_at)
      IS DISTINCT FROM (archived.assigned_by, archived.created_at {TIME})
"""

ADDED = f"""
INSERT INTO gnkmigrate_archive.user_nodes
    (id, user_id, node_address, label, gpu_type, gcore_instance_id, created_at, updated_at,
     node_id, assigned_by)
SELECT node.id, assigned.user_id, node.identifier, node.display_name, node.gpu_type,
       node.gcore_instance_id,
       coalesce(assigned.assigned_at, node.created_at, now()) {TIME},
       coalesce(assigned.assigned_at, node.created_at, now()) {TIME},
       node.id, assigned.assigned_by
FROM public.user_nodes AS assigned
JOIN public.nodes AS node ON node.id = assigned.node_id
WHERE {{only}}
  AND NOT EXISTS (SELECT FROM gnkmigrate_archive.user_nodes AS archived
                  WHERE archived.user_id = assigned.user_id
                    AND archived.node_id = assigned.node_id)
"""

MERGE = ";".join(
    statement.format(only="true") for statement in (HAND_OVER, ENDED, PARKED, CHANGED, ADDED)
)

OF_ANOTHER_NODE = """
archived.node_address = (SELECT identifier FROM public.nodes WHERE id = of_node)
  AND archived.node_id <> of_node
"""

# The same for one node, before the old application writes to it.
MERGE_ONE = f"""
CREATE FUNCTION gnkmigrate.merge_user_node(of_node uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    PERFORM set_config('gnkmigrate.merging', 'on', true);
    {HAND_OVER.format(only="archived.node_id = of_node")};
    {ENDED.format(only="archived.node_id = of_node")};
    {PARKED.format(only=OF_ANOTHER_NODE)};
    {CHANGED.format(only="archived.node_id = of_node")};
    {ADDED.format(only="assigned.node_id = of_node")}
    ON CONFLICT DO NOTHING;
    PERFORM set_config('gnkmigrate.merging', 'off', true);
END
$body$
"""

# What the old application sees. A row that only the new application knows has its node's id.
LEGACY_VIEW = f"""
CREATE VIEW legacy.user_nodes AS
SELECT old.id, old.user_id,
       CASE WHEN node.identifier = left(old.node_address, 255)
            THEN old.node_address ELSE node.identifier END AS node_address,
       CASE WHEN node.display_name IS NOT DISTINCT FROM left(old.label, 100)
            THEN old.label ELSE node.display_name END AS label,
       CASE WHEN node.gpu_type IS NOT DISTINCT FROM left(old.gpu_type, 50)
            THEN old.gpu_type ELSE node.gpu_type END AS gpu_type,
       CASE WHEN node.gcore_instance_id IS NOT DISTINCT FROM left(old.gcore_instance_id, 255)
            THEN old.gcore_instance_id ELSE node.gcore_instance_id END AS gcore_instance_id,
       old.notes, old.is_active,
       CASE WHEN assigned.assigned_at = old.created_at {TIME} OR assigned.assigned_at IS NULL
            THEN old.created_at ELSE assigned.assigned_at {TIME} END AS created_at,
       old.updated_at
FROM public.user_nodes AS assigned
JOIN public.nodes AS node ON node.id = assigned.node_id
JOIN gnkmigrate_archive.user_nodes AS old
  ON old.user_id = assigned.user_id AND old.node_id = assigned.node_id
UNION ALL
SELECT node.id, assigned.user_id, node.identifier, node.display_name, node.gpu_type,
       node.gcore_instance_id, NULL, true,
       coalesce(assigned.assigned_at, node.created_at) {TIME},
       coalesce(assigned.assigned_at, node.created_at) {TIME}
FROM public.user_nodes AS assigned
JOIN public.nodes AS node ON node.id = assigned.node_id
WHERE NOT EXISTS (SELECT FROM gnkmigrate_archive.user_nodes AS old
                  WHERE old.user_id = assigned.user_id AND old.node_id = assigned.node_id)
UNION ALL
SELECT old.id, old.user_id, old.node_address, old.label, old.gpu_type, old.gcore_instance_id,
       old.notes, old.is_active, old.created_at, old.updated_at
FROM gnkmigrate_archive.user_nodes AS old
WHERE :'inactive' = 'unassign' AND NOT old.is_active
  AND NOT EXISTS (SELECT FROM public.user_nodes WHERE node_id = old.node_id);

ALTER VIEW legacy.user_nodes ALTER COLUMN id SET DEFAULT public.uuid_generate_v4();
ALTER VIEW legacy.user_nodes ALTER COLUMN is_active SET DEFAULT true;
ALTER VIEW legacy.user_nodes ALTER COLUMN created_at SET DEFAULT now();
ALTER VIEW legacy.user_nodes ALTER COLUMN updated_at SET DEFAULT now()
"""

# The old application writes to the archived table, whose triggers still lead the new shape. Before
# that, what the new application wrote about the node is brought there.
COLUMNS = (
    "id",
    "user_id",
    "node_address",
    "label",
    "gpu_type",
    "gcore_instance_id",
    "notes",
    "is_active",
    "created_at",
    "updated_at",
)
ASSIGNMENTS = ", ".join(
    f"{name} = CASE WHEN NEW.{name} IS DISTINCT FROM OLD.{name}"
    f" THEN NEW.{name} ELSE archived.{name} END"
    for name in COLUMNS
)
UNSEEN = " AND ".join(
    f"(NEW.{name} IS NOT DISTINCT FROM OLD.{name}"
    f" OR archived.{name} IS NOT DISTINCT FROM OLD.{name})"
    for name in COLUMNS
)

LEGACY_WRITES = f"""
CREATE FUNCTION gnkmigrate.legacy_user_nodes() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    of_node uuid;
BEGIN
    SELECT id INTO of_node FROM public.nodes
    WHERE identifier = left(CASE TG_OP WHEN 'INSERT' THEN NEW.node_address
                                       ELSE OLD.node_address END, 255);
    IF FOUND THEN
        PERFORM gnkmigrate.merge_user_node(of_node);
    END IF;
    IF TG_OP = 'INSERT' THEN
        INSERT INTO gnkmigrate_archive.user_nodes ({", ".join(COLUMNS)})
        VALUES ({", ".join(f"NEW.{name}" for name in COLUMNS)});
        RETURN NEW;
    ELSIF TG_OP = 'DELETE' THEN
        DELETE FROM gnkmigrate_archive.user_nodes
        WHERE user_id = OLD.user_id AND node_id = of_node;
        IF FOUND THEN
            RETURN OLD;
        END IF;
    ELSE
        UPDATE gnkmigrate_archive.user_nodes AS archived SET {ASSIGNMENTS}
        WHERE archived.user_id = OLD.user_id AND archived.node_id = of_node AND {UNSEEN};
        IF FOUND THEN
            RETURN NEW;
        END IF;
    END IF;
    IF EXISTS (SELECT FROM gnkmigrate_archive.user_nodes
               WHERE id = OLD.id OR (user_id = OLD.user_id AND node_id = of_node)) THEN
        RAISE serialization_failure
            USING MESSAGE = 'the row was changed by another session',
                  HINT = 'Repeat the transaction.';
    END IF;
    RETURN NULL;
END
$body$;
CREATE TRIGGER gnkmigrate_write INSTEAD OF INSERT OR UPDATE OR DELETE ON legacy.user_nodes
    FOR EACH ROW EXECUTE FUNCTION gnkmigrate.legacy_user_nodes()
"""

WITHOUT_USER = """
NOT EXISTS (SELECT FROM public.user_nodes WHERE node_id = {node})
AND NOT (:'inactive' = 'unassign'
         AND EXISTS (SELECT FROM gnkmigrate_archive.user_nodes AS old
                     JOIN public.users ON users.id = old.user_id
                     WHERE old.node_id = {node} AND NOT old.is_active))
"""


def upgrade() -> None:
    op.expect_table("public.user_nodes", ("id", "user_id", "node_id", "assigned_by", "is_active"))
    op.guard(
        "Values of user_nodes have become too long for nodes.",
        """
        SELECT id, char_length(label) AS label, char_length(gpu_type) AS gpu_type,
               char_length(node_address) AS node_address,
               char_length(gcore_instance_id) AS gcore_instance_id
        FROM public.user_nodes
        WHERE char_length(label) > 100 OR char_length(gpu_type) > 50
           OR char_length(node_address) > 255 OR char_length(gcore_instance_id) > 255
        """,
        hint="Shorten them, or cut them with --overflow truncate (the originals are kept).",
        unless=(("overflow", "truncate"),),
    )
    op.guard(
        "Assignments name somebody in assigned_by who is no user.",
        """
        SELECT id, assigned_by FROM public.user_nodes AS old
        WHERE assigned_by IS NOT NULL
          AND NOT EXISTS (SELECT FROM public.users WHERE id = old.assigned_by)
        """,
        hint="Set assigned_by to the id of a user, or to NULL.",
    )
    op.build_index("gnkmigrate_user_nodes_node_id", "public.user_nodes", "(node_id)")
    op.step("join table", JOIN_TABLE, touches=("public.users", "public.nodes"))
    op.step("join table follows user_nodes", SYNC, touches=("public.user_nodes",))
    op.backfill("rows of the join table", "public.user_nodes", "id", FILL, alias="old")
    op.step("statistics of the join table", "ANALYZE gnkmigrate_staging.user_nodes")
    op.verify(
        "the join table has every assignment and no other",
        f"""
        (SELECT 'missing' AS what, * FROM ({EXPECTED.format(condition="true")}) AS expected
         EXCEPT ALL
         SELECT 'missing', user_id, node_id, assigned_at, assigned_by
         FROM gnkmigrate_staging.user_nodes)
        UNION ALL
        (SELECT 'surplus', user_id, node_id, assigned_at, assigned_by
         FROM gnkmigrate_staging.user_nodes
         EXCEPT ALL
         SELECT 'surplus', * FROM ({EXPECTED.format(condition="true")}) AS expected)
        """,
        once=True,
    )
    op.verify(
        "inactive assignments that become visible to the application",
        f"""
        SELECT count(*) FROM public.user_nodes AS old
        WHERE NOT old.is_active AND {ASSIGNED.format(row="old")}
        """,
        once=True,
        reports=True,
    )
    op.swap_table(
        "swap of user_nodes",
        "public.user_nodes",
        last=FOLLOW.format(followed="public"),
        view=f"{MERGE_ONE};{LEGACY_VIEW};{LEGACY_WRITES}",
    )
    op.verify(
        "every assignment has its user and its node",
        """
        SELECT user_id, node_id FROM public.user_nodes AS assigned
        WHERE NOT EXISTS (SELECT FROM public.users WHERE id = assigned.user_id)
           OR NOT EXISTS (SELECT FROM public.nodes WHERE id = assigned.node_id)
        """,
    )


def downgrade() -> None:
    op.spill(
        "In the old shape a node belongs to one user.",
        "public.user_nodes",
        """
        NOT EXISTS (SELECT FROM gnkmigrate_archive.user_nodes AS old
                    WHERE old.user_id = spilled.user_id AND old.node_id = spilled.node_id)
        AND EXISTS (SELECT FROM public.user_nodes AS other
                    WHERE other.node_id = spilled.node_id AND other.user_id <> spilled.user_id
                      AND (EXISTS (SELECT FROM gnkmigrate_archive.user_nodes AS old
                                   WHERE old.user_id = other.user_id
                                     AND old.node_id = other.node_id)
                           OR (coalesce(other.assigned_at, 'infinity'), other.user_id)
                              < (coalesce(spilled.assigned_at, 'infinity'), spilled.user_id)))
        """,
        shows=("node_id", "user_id", "assigned_at"),
        of="swap of user_nodes",
    )
    op.spill(
        "The old shape has no place for earnings of a node without a user.",
        "public.earnings_history",
        WITHOUT_USER.format(node="spilled.node_id"),
        shows=("node_id", "date", "earnings_gnk"),
        of="swap of user_nodes",
    )
    op.spill(
        "The old shape has no place for statistics of a node without a user.",
        "public.node_stats_cache",
        WITHOUT_USER.format(node="spilled.node_id"),
        shows=("node_id", "fetched_at"),
        of="swap of user_nodes",
    )
    op.spill(
        "In the old shape a node has a user.",
        "public.nodes",
        WITHOUT_USER.format(node="spilled.id"),
        shows=("id", "identifier", "display_name"),
        of="swap of user_nodes",
    )
    op.unswap_table(
        "swap of user_nodes",
        "public.user_nodes",
        merge=MERGE,
        also=("public.nodes",),
        after=f"""
        {FOLLOW.format(followed="gnkmigrate_staging")};
        DROP FUNCTION IF EXISTS gnkmigrate.legacy_user_nodes();
        DROP FUNCTION IF EXISTS gnkmigrate.merge_user_node(uuid)
        """,
    )
    op.step("rows of the join table", "DELETE FROM gnkmigrate_staging.user_nodes")
    op.step("join table follows user_nodes", UNSYNC, touches=("public.user_nodes",))
    op.step("join table", "DROP TABLE gnkmigrate_staging.user_nodes")
    op.drop_built_index("gnkmigrate_user_nodes_node_id", "public.user_nodes")
