"""Each node of user_nodes becomes a row of nodes; user_nodes learns node_id and assigned_by.

The old table stays the truth: a trigger keeps nodes in step with it until the join table has taken
its place, so that the application may go on writing.
"""

from gnkmigrate import op
from gnkmigrate.run.sync.following import follower, trigger

revision = "0002"
down_revision = "0001"
phase = "data"
search_path = "pg_catalog, pg_temp"

# What a node gets from its row of user_nodes, in the shape of nodes. What is too long is cut here,
# so that a write of the application never fails because of the migration; the original stays in
# user_nodes, and the guards below and of the next phase ask before it matters.
SAME = {
    "identifier": "left({row}.node_address, 255)",
    "display_name": "left({row}.label, 100)",
    "gpu_type": "left({row}.gpu_type, 50)",
    "gcore_instance_id": "left({row}.gcore_instance_id, 255)",
    "created_at": "{row}.created_at AT TIME ZONE :'source_timezone'",
}
GIVEN = {"identifier": SAME["identifier"], "identifier_type": ":'identifier_type'", **SAME}
OF_A_ROW = ",\n    ".join(f"{said} AS {name}" for name, said in GIVEN.items())

# Their rows go with the nodes.
CHILDREN = ("public.earnings_history", "public.node_stats_cache")

TOO_LONG = """
SELECT id, 'node_address' AS column, char_length(node_address) AS length, 255 AS allowed
FROM public.user_nodes WHERE char_length(node_address) > 255
UNION ALL
SELECT id, 'label', char_length(label), 100
FROM public.user_nodes WHERE char_length(label) > 100
UNION ALL
SELECT id, 'gpu_type', char_length(gpu_type), 50
FROM public.user_nodes WHERE char_length(gpu_type) > 50
UNION ALL
SELECT id, 'gcore_instance_id', char_length(gcore_instance_id), 255
FROM public.user_nodes WHERE char_length(gcore_instance_id) > 255
"""

# Only what the row changes: the new application may have said more about the node.
CHANGED = ",\n        ".join(
    f"{name} = CASE WHEN {said.format(row='NEW')} IS DISTINCT FROM {said.format(row='OLD')}"
    f" THEN {said.format(row='NEW')} ELSE node.{name} END"
    for name, said in SAME.items()
)

# Before a row is written: which node it will belong to. Nothing else happens here, because
# INSERT ... ON CONFLICT comes by with rows that are never written. A node has the id of the row
# that it comes from, so that it has the same one after a rollback and another upgrade.
NODE_ID = """
CREATE FUNCTION gnkmigrate.node_id_of_user_node() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    shared boolean;
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.node_id IS NOT NULL AND NEW.node_address = OLD.node_address THEN
        NEW.node_id := OLD.node_id;
        RETURN NEW;
    END IF;
    -- Whoever gives the node another identifier just now is waited for.
    SELECT id INTO NEW.node_id FROM public.nodes WHERE identifier = left(NEW.node_address, 255)
    FOR KEY SHARE;
    IF NEW.node_id IS NULL AND TG_OP = 'UPDATE' AND OLD.node_id IS NOT NULL THEN
        EXECUTE format('SELECT EXISTS (SELECT FROM %s WHERE node_address = $1 AND id <> $2)',
                       TG_RELID::regclass) INTO shared USING OLD.node_address, OLD.id;
        IF NOT shared THEN
            NEW.node_id := OLD.node_id;  -- the same node under another address
        END IF;
    END IF;
    IF NEW.node_id IS NULL THEN
        NEW.node_id := CASE WHEN EXISTS (SELECT FROM public.nodes WHERE id = NEW.id)
                            THEN public.uuid_generate_v4() ELSE NEW.id END;
    END IF;
    RETURN NEW;
END
$body$;
"""

# After it: what the row says about its node.
NODE = follower(
    "gnkmigrate.node_of_user_node",
    f"""
IF TG_OP = 'UPDATE' AND NEW.node_id = OLD.node_id THEN
    IF (NEW.node_address, NEW.label, NEW.gpu_type, NEW.gcore_instance_id, NEW.created_at)
       IS NOT DISTINCT FROM
       (OLD.node_address, OLD.label, OLD.gpu_type, OLD.gcore_instance_id, OLD.created_at)
    THEN
        EXIT follow;
    END IF;
    UPDATE public.nodes AS node SET
    {CHANGED}
    WHERE id = NEW.node_id;
    IF FOUND THEN
        EXIT follow;
    END IF;
END IF;
INSERT INTO public.nodes AS node
    (id, identifier, identifier_type, display_name, gpu_type, gcore_instance_id, created_at)
SELECT NEW.node_id, {OF_A_ROW.format(row="NEW")}
ON CONFLICT (identifier) DO UPDATE SET
    display_name = excluded.display_name,
    gpu_type = excluded.gpu_type,
    gcore_instance_id = excluded.gcore_instance_id,
    created_at = excluded.created_at
RETURNING node.id INTO written;
IF written <> NEW.node_id THEN
    -- Only where node_address is not unique.
    RAISE serialization_failure
        USING MESSAGE = 'another session has just added the same node_address',
              HINT = 'Repeat the transaction.';
END IF;
    """,
    declare="written uuid;",
)

NODE_GONE = follower(
    "gnkmigrate.node_without_user_node",
    f"""
IF TG_OP = 'TRUNCATE' THEN
    -- A DELETE would not see what has come since the snapshot of a REPEATABLE READ client.
    EXECUTE 'TRUNCATE public.nodes, {", ".join(CHILDREN)}'
        || coalesce(', ' || to_regclass('gnkmigrate_staging.user_nodes'), '');
ELSIF TG_OP = 'DELETE' OR NEW.node_id IS DISTINCT FROM OLD.node_id THEN
    -- By the address, which has an index.
    DELETE FROM public.nodes
    WHERE id = OLD.node_id
      AND NOT EXISTS (SELECT FROM public.user_nodes WHERE node_address = OLD.node_address);
END IF;
    """,
)

# Triggers fire in the order of their names: the first one sees what the application's own have
# done, the second one comes before those that refer to the node.
OLD = "public.user_nodes"
SYNC = "".join(
    (
        NODE_ID,
        NODE,
        NODE_GONE,
        trigger(
            "zz_gnkmigrate_node_id",
            "BEFORE INSERT OR UPDATE",
            OLD,
            "gnkmigrate.node_id_of_user_node",
        ),
        trigger(
            "aa_gnkmigrate_node", "AFTER INSERT OR UPDATE", OLD, "gnkmigrate.node_of_user_node"
        ),
        trigger(
            "gnkmigrate_node_gone",
            "AFTER DELETE OR UPDATE",
            OLD,
            "gnkmigrate.node_without_user_node",
        ),
        trigger(
            "gnkmigrate_nodes_gone",
            "AFTER TRUNCATE",
            OLD,
            "gnkmigrate.node_without_user_node",
            each="STATEMENT",
        ),
    )
)

UNSYNC = """
DROP TRIGGER zz_gnkmigrate_node_id ON public.user_nodes;
DROP TRIGGER aa_gnkmigrate_node ON public.user_nodes;
DROP TRIGGER gnkmigrate_node_gone ON public.user_nodes;
DROP TRIGGER gnkmigrate_nodes_gone ON public.user_nodes;
DROP FUNCTION gnkmigrate.node_id_of_user_node();
DROP FUNCTION gnkmigrate.node_of_user_node();
DROP FUNCTION gnkmigrate.node_without_user_node();
DELETE FROM public.nodes
"""

# A node_id without a node is what a downgrade that was given up has left. Each row is looked up by
# itself, in subqueries for a value: for a join or an EXISTS PostgreSQL may read all nodes that
# there are already with every batch.
NODES = f"""
INSERT INTO public.nodes
    (id, identifier, identifier_type, display_name, gpu_type, gcore_instance_id, created_at)
SELECT CASE WHEN (SELECT true FROM public.nodes WHERE id = old.id)
            THEN public.uuid_generate_v4() ELSE old.id END,
       {OF_A_ROW.format(row="old")}
FROM public.user_nodes AS old
WHERE :batch
  AND (SELECT true FROM public.nodes WHERE id = old.node_id) IS NULL
ORDER BY old.id
ON CONFLICT (identifier) DO NOTHING;
"""
FILL = f"""{NODES}
UPDATE public.user_nodes AS old
SET node_id = coalesce(
    (SELECT id FROM public.nodes
     WHERE id = old.id AND identifier = left(old.node_address, 255)),
    (SELECT id FROM public.nodes WHERE identifier = left(old.node_address, 255)))
WHERE :batch
  AND (SELECT true FROM public.nodes WHERE id = old.node_id) IS NULL
"""
# For all rows at once it is the join that is fast.
FILL_AT_ONCE = f"""{NODES}
UPDATE public.user_nodes AS old
SET node_id = node.id
FROM public.nodes AS node
WHERE node.identifier = left(old.node_address, 255) AND node.id IS DISTINCT FROM old.node_id
"""

DIFFERING = f"""
SELECT old.id, node.identifier
FROM public.user_nodes AS old
CROSS JOIN LATERAL (SELECT {OF_A_ROW.format(row="old")}) AS expected
LEFT JOIN public.nodes AS node ON node.id = old.node_id
WHERE (node.identifier, node.display_name, node.gpu_type, node.gcore_instance_id)
      IS DISTINCT FROM (expected.identifier, expected.display_name, expected.gpu_type,
                        expected.gcore_instance_id)
"""


def upgrade() -> None:
    op.expect_table(
        "public.user_nodes",
        (
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
        ),
        without=("node_id", "assigned_by"),
        types=(
            ("id", "uuid"),
            ("user_id", "uuid"),
            ("is_active", "boolean"),
            ("created_at", "timestamp without time zone"),
            ("updated_at", "timestamp without time zone"),
        ),
    )
    op.guard(
        "Values of user_nodes are too long for nodes.",
        TOO_LONG,
        hint="Shorten them, or cut them with --overflow truncate (the originals are kept).",
        unless=(("overflow", "truncate"),),
    )
    op.guard(
        "Node addresses would become one when cut to 255 characters.",
        """
        SELECT left(node_address, 60) AS begins_with, count(DISTINCT node_address) AS addresses
        FROM public.user_nodes
        GROUP BY left(node_address, 255), left(node_address, 60)
        HAVING count(DISTINCT node_address) > 1
        """,
        hint="Shorten them so that they stay different.",
    )
    op.guard(
        "Rows of one node disagree about it.",
        """
        SELECT node_address, count(*) AS rows
        FROM public.user_nodes
        GROUP BY node_address
        HAVING count(DISTINCT (label, gpu_type, gcore_instance_id)) > 1
        """,
        hint="Make label, gpu_type and gcore_instance_id of a node_address the same in all rows.",
    )
    op.guard(
        "Times of user_nodes are too far away to have a time zone.",
        """
        SELECT id, created_at FROM public.user_nodes
        WHERE isfinite(created_at)
          AND created_at NOT BETWEEN '4714-11-26 00:00:00 BC' AND '294276-12-30 00:00:00'
        """,
        hint="Correct them.",
    )
    op.guard(
        "Nodes are assigned to somebody who is no user.",
        """
        SELECT id, user_id FROM public.user_nodes AS old
        WHERE user_id IS NOT NULL
          AND NOT EXISTS (SELECT FROM public.users WHERE id = old.user_id)
        """,
        hint="Assign them to a user, or remove them.",
    )
    op.guard(
        "Nodes exist already that do not come from user_nodes.",
        "SELECT identifier, identifier_type FROM public.nodes",
        hint="Remove them; the application may use nodes once the phase join-table is through.",
    )
    op.step(
        "columns node_id and assigned_by of user_nodes",
        "ALTER TABLE public.user_nodes ADD COLUMN node_id uuid, ADD COLUMN assigned_by uuid",
        touches=("public.user_nodes",),
    )
    op.step("nodes follow user_nodes", SYNC, touches=("public.user_nodes",))
    op.backfill(
        "rows of nodes",
        "public.user_nodes",
        "id",
        FILL,
        alias="old",
        quiet=True,
        at_once=FILL_AT_ONCE.replace(":batch", "true"),
    )
    op.take_back(
        "The old shape does not say who assigned a node.", "public.user_nodes", ("assigned_by",)
    )
    op.step(
        "statistics of nodes",
        "ANALYZE public.nodes, public.user_nodes",
        irreversible="statistics describe what is there, and go with it",
    )
    op.verify(
        "every assignment knows its node",
        "SELECT id, node_address FROM public.user_nodes WHERE node_id IS NULL",
        once=True,
    )
    op.verify("every node says what its assignment says", DIFFERING, once=True)
    op.verify(
        "there are as many nodes as addresses",
        """
        SELECT addresses, nodes
        FROM (SELECT count(DISTINCT node_address) AS addresses FROM public.user_nodes) AS old,
             (SELECT count(*) AS nodes FROM public.nodes) AS new
        WHERE addresses <> nodes
        """,
        once=True,
    )


def downgrade() -> None:
    op.spill(
        "The old shape has no place for earnings.",
        "public.earnings_history",
        "true",
        shows=("node_id", "date", "earnings_gnk"),
        of="nodes follow user_nodes",
    )
    op.spill(
        "The old shape has no place for cached statistics.",
        "public.node_stats_cache",
        "true",
        shows=("node_id", "fetched_at"),
        of="nodes follow user_nodes",
    )
    op.spill(
        "The old shape has no place for nodes without an assignment, with a region or of another "
        "type.",
        "public.nodes",
        # In one EXISTS, which becomes a join: with OR all rows would be read again for each node.
        """
        NOT EXISTS (SELECT FROM public.user_nodes
                    WHERE node_id = spilled.id AND spilled.region IS NULL
                      AND spilled.identifier_type = :'identifier_type')
        """,
        shows=("identifier", "identifier_type", "region"),
        of="nodes follow user_nodes",
    )
    op.spill(
        "The old shape does not say when a node was made, only when it was assigned.",
        "public.nodes",
        """
        spilled.created_at IS NOT NULL
        AND NOT EXISTS (SELECT FROM public.user_nodes AS old
                        WHERE old.node_id = spilled.id
                          AND old.created_at AT TIME ZONE :'source_timezone' = spilled.created_at)
        """,
        shows=("identifier", "created_at"),
        columns=("id", "identifier", "created_at"),
        of="nodes follow user_nodes",
        asks=False,
    )
    op.spill(
        "The old shape does not say who assigned a node.",
        "public.user_nodes",
        "spilled.assigned_by IS NOT NULL",
        shows=("id", "assigned_by"),
        columns=("id", "node_address", "user_id", "assigned_by"),
        of="columns node_id and assigned_by of user_nodes",
    )
    # While the trigger is in force it goes on making nodes, so the second step deletes as well.
    # To delete them all would keep those who write to a row of user_nodes waiting.
    op.step(
        "rows of nodes",
        f"TRUNCATE public.nodes, {', '.join(CHILDREN)}",
        touches=("public.nodes",),
        empty=CHILDREN,
    )
    op.step(
        "nodes follow user_nodes",
        UNSYNC,
        touches=("public.user_nodes", "public.nodes"),
        empty=CHILDREN,
    )
    op.step(
        "columns node_id and assigned_by of user_nodes",
        "ALTER TABLE public.user_nodes DROP COLUMN node_id, DROP COLUMN assigned_by",
        touches=("public.user_nodes",),
    )
