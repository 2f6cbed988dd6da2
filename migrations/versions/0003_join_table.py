"""user_nodes becomes the join table between users and nodes.

The new table is filled and kept in step behind the old one and takes its place in one short
transaction. The old one goes to the archive as it is: its ids, labels, notes, is_active and
updated_at are what a rollback gives back.
"""

from alembic import op

revision = "0003"
down_revision = "0002"
phase = "join-table"

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

SYNC = f"""
CREATE FUNCTION gnkmigrate.assignment_of_user_node() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        DELETE FROM gnkmigrate_staging.user_nodes;
        RETURN NULL;
    END IF;
    IF TG_OP IN ('UPDATE', 'DELETE') THEN
        DELETE FROM gnkmigrate_staging.user_nodes
        WHERE user_id = OLD.user_id AND node_id = OLD.node_id;
    END IF;
    IF TG_OP IN ('INSERT', 'UPDATE') AND {ASSIGNED.format(row="NEW")} THEN
        INSERT INTO gnkmigrate_staging.user_nodes (user_id, node_id, assigned_at, assigned_by)
        VALUES (NEW.user_id, NEW.node_id, NEW.created_at AT TIME ZONE :'source_timezone',
                NEW.assigned_by)
        ON CONFLICT (user_id, node_id) DO UPDATE SET
            assigned_at = excluded.assigned_at, assigned_by = excluded.assigned_by;
    END IF;
    RETURN NULL;
END
$body$;

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
      WHERE NOT EXISTS (SELECT FROM public.user_nodes AS kept
                        JOIN gnkmigrate_archive.user_nodes AS same USING (user_id, node_id)
                        WHERE kept.node_id = assigned.node_id)
      ORDER BY assigned.node_id, assigned.assigned_at, assigned.user_id, archived.id) AS new
WHERE old.id = new.id
"""

# Assignments that were ended since. An inactive row that was not taken over as an assignment
# stands for itself while its node has no user.
ENDED = """
DELETE FROM gnkmigrate_archive.user_nodes AS old
WHERE NOT EXISTS (SELECT FROM public.user_nodes AS assigned
                  WHERE assigned.user_id = old.user_id AND assigned.node_id = old.node_id)
  AND NOT (NOT old.is_active AND :'inactive' = 'unassign'
           AND EXISTS (SELECT FROM public.users WHERE id = old.user_id)
           AND EXISTS (SELECT FROM public.nodes WHERE id = old.node_id)
           AND NOT EXISTS (SELECT FROM public.user_nodes WHERE node_id = old.node_id))
"""

# What the upgrade made of a value counts as unchanged, and then the original stays.
CHANGED = f"""
UPDATE gnkmigrate_archive.user_nodes AS old
SET node_address = CASE WHEN node.identifier = left(old.node_address, 255)
                        THEN old.node_address ELSE node.identifier END,
    label = CASE WHEN node.display_name IS NOT DISTINCT FROM left(old.label, 100)
                 THEN old.label ELSE node.display_name END,
    gpu_type = CASE WHEN node.gpu_type IS NOT DISTINCT FROM left(old.gpu_type, 50)
                    THEN old.gpu_type ELSE node.gpu_type END,
    gcore_instance_id =
        CASE WHEN node.gcore_instance_id IS NOT DISTINCT FROM left(old.gcore_instance_id, 255)
             THEN old.gcore_instance_id ELSE node.gcore_instance_id END
FROM public.nodes AS node
WHERE node.id = old.node_id
  AND (node.identifier, node.display_name, node.gpu_type, node.gcore_instance_id)
      IS DISTINCT FROM (left(old.node_address, 255), left(old.label, 100), left(old.gpu_type, 50),
                        left(old.gcore_instance_id, 255));

UPDATE gnkmigrate_archive.user_nodes AS old
SET assigned_by = assigned.assigned_by,
    created_at = CASE WHEN assigned.assigned_at = old.created_at {TIME}
                           OR assigned.assigned_at IS NULL
                      THEN old.created_at ELSE assigned.assigned_at {TIME} END
FROM public.user_nodes AS assigned
WHERE assigned.user_id = old.user_id AND assigned.node_id = old.node_id
  AND (assigned.assigned_by, assigned.assigned_at)
      IS DISTINCT FROM (old.assigned_by, old.created_at {TIME})
"""

ADDED = f"""
INSERT INTO gnkmigrate_archive.user_nodes
    (user_id, node_address, label, gpu_type, gcore_instance_id, created_at, updated_at, node_id,
     assigned_by)
SELECT assigned.user_id, node.identifier, node.display_name, node.gpu_type, node.gcore_instance_id,
       coalesce(assigned.assigned_at, node.created_at, now()) {TIME},
       coalesce(assigned.assigned_at, node.created_at, now()) {TIME},
       node.id, assigned.assigned_by
FROM public.user_nodes AS assigned
JOIN public.nodes AS node ON node.id = assigned.node_id
WHERE NOT EXISTS (SELECT FROM gnkmigrate_archive.user_nodes AS old
                  WHERE old.user_id = assigned.user_id AND old.node_id = assigned.node_id)
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
        SELECT id, assigned_by FROM public.user_nodes
        WHERE assigned_by NOT IN (SELECT id FROM public.users)
        """,
        hint="Set assigned_by to the id of a user, or to NULL.",
    )
    op.step("join table", JOIN_TABLE, touches=("public.users", "public.nodes"))
    op.step("join table follows user_nodes", SYNC, touches=("public.user_nodes",))
    op.backfill("rows of the join table", "public.user_nodes", "id", FILL, alias="old")
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
    op.swap_table("swap of user_nodes", "public.user_nodes", first=UNSYNC)
    op.verify(
        "every assignment has its user and its node",
        """
        SELECT user_id, node_id FROM public.user_nodes
        WHERE user_id NOT IN (SELECT id FROM public.users)
           OR node_id NOT IN (SELECT id FROM public.nodes)
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
        merge=f"{HAND_OVER};{ENDED};{CHANGED};{ADDED}",
        also=("public.nodes",),
        after=SYNC,
    )
    op.step("rows of the join table", "DELETE FROM gnkmigrate_staging.user_nodes")
    op.step("join table follows user_nodes", UNSYNC, touches=("public.user_nodes",))
    op.step("join table", "DROP TABLE gnkmigrate_staging.user_nodes")
