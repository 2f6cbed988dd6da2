"""user_nodes becomes the join table between users and nodes.

The new table is filled and kept in step behind the old one and takes its place in one short
transaction. The old one goes to the archive as it is: its ids, labels, notes, is_active and
updated_at are what a rollback gives back.
"""

from gnkmigrate import op
from gnkmigrate.run.sync.following import follower, trigger

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


# A DELETE does not see what the backfill has added since the snapshot of a REPEATABLE READ client.
# An INSERT meets it and fails, so that the client repeats its transaction. Where the user or the
# node goes as well, their foreign keys take care of it.
SEEN = """
IF current_setting('transaction_isolation') <> 'read committed' THEN
    INSERT INTO gnkmigrate_staging.user_nodes (user_id, node_id)
    SELECT users.id, nodes.id FROM public.users, public.nodes
    WHERE users.id = OLD.user_id AND nodes.id = OLD.node_id
    ON CONFLICT (user_id, node_id) DO NOTHING;
END IF;
"""


def follow(followed: str) -> str:
    """Old to new: a row's assignment in the join table of schema `followed`.

    That is the staged one before the swap and the live one after it.
    """
    seen = SEEN if followed == "gnkmigrate_staging" else ""
    return follower(
        "gnkmigrate.assignment_of_user_node",
        f"""
IF TG_OP = 'TRUNCATE' THEN
    TRUNCATE {followed}.user_nodes;
    EXIT follow;
END IF;
IF TG_OP = 'UPDATE' AND
   (NEW.user_id, NEW.node_id, NEW.is_active, NEW.created_at, NEW.assigned_by)
   IS NOT DISTINCT FROM
   (OLD.user_id, OLD.node_id, OLD.is_active, OLD.created_at, OLD.assigned_by)
THEN
    EXIT follow;
END IF;
IF TG_OP = 'DELETE'
   OR TG_OP = 'UPDATE' AND NOT ((NEW.user_id, NEW.node_id) IS NOT DISTINCT FROM
                                (OLD.user_id, OLD.node_id) AND {ASSIGNED.format(row="NEW")})
THEN
    {seen}
    DELETE FROM {followed}.user_nodes
    WHERE user_id = OLD.user_id AND node_id = OLD.node_id;
END IF;
IF TG_OP IN ('INSERT', 'UPDATE') AND {ASSIGNED.format(row="NEW")} THEN
    INSERT INTO {followed}.user_nodes AS assigned (user_id, node_id, assigned_at, assigned_by)
    VALUES (NEW.user_id, NEW.node_id, NEW.created_at AT TIME ZONE :'source_timezone',
            NEW.assigned_by)
    ON CONFLICT (user_id, node_id) DO UPDATE SET
        assigned_at = CASE WHEN TG_OP = 'UPDATE' AND NEW.created_at = OLD.created_at
                           THEN assigned.assigned_at ELSE excluded.assigned_at END,
        assigned_by = excluded.assigned_by;
END IF;
        """,
    )


SYNC = "".join(
    (
        follow("gnkmigrate_staging"),
        trigger(
            "gnkmigrate_assignment",
            "AFTER INSERT OR UPDATE OR DELETE",
            "public.user_nodes",
            "gnkmigrate.assignment_of_user_node",
        ),
        trigger(
            "gnkmigrate_assignments_gone",
            "AFTER TRUNCATE",
            "public.user_nodes",
            "gnkmigrate.assignment_of_user_node",
            each="STATEMENT",
        ),
    )
)

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
WHERE {ASSIGNED.format(row="old")}
ORDER BY old.user_id, old.node_id, old.created_at, old.id
"""

# Of several rows that are one assignment the oldest counts, as in EXPECTED.
FILL = f"""
INSERT INTO gnkmigrate_staging.user_nodes (user_id, node_id, assigned_at, assigned_by)
SELECT old.user_id, old.node_id, old.created_at AT TIME ZONE :'source_timezone', old.assigned_by
FROM public.user_nodes AS old
WHERE :batch AND {ASSIGNED.format(row="old")}
ORDER BY old.created_at, old.id
ON CONFLICT (user_id, node_id) DO NOTHING
"""
# Where nobody else sees the table yet: to ask about the users and nodes of all its rows in one
# query is faster than about one row after another.
FILL_AT_ONCE = f"""
ALTER TABLE gnkmigrate_staging.user_nodes
    DROP CONSTRAINT user_nodes_user_id_fkey,
    DROP CONSTRAINT user_nodes_node_id_fkey,
    DROP CONSTRAINT user_nodes_assigned_by_fkey;
{FILL};
ALTER TABLE gnkmigrate_staging.user_nodes
    ADD FOREIGN KEY (user_id) REFERENCES public.users (id) ON DELETE CASCADE,
    ADD FOREIGN KEY (node_id) REFERENCES public.nodes (id) ON DELETE CASCADE,
    ADD FOREIGN KEY (assigned_by) REFERENCES public.users (id)
"""

TIME = "AT TIME ZONE :'source_timezone'"

# New to old, from the swap on: the archived table is kept as the old application would know it, so
# that it can take its place back at any moment.

# Whether a row of the archive is one that its user has in the join table.
HELD = """
EXISTS (SELECT FROM public.user_nodes AS held
        WHERE held.user_id = {row}.user_id AND held.node_id = {row}.node_id)
"""

HOLD = f"""
-- An assignment gets the row of its user, or else one that nobody has any more, or else a new one.
-- In the old shape a node has one user: a second one's assignment has no row, until the first one's
-- ends. Whoever comes second waits for the first one's row, and then looks again.
CREATE FUNCTION gnkmigrate.hold_assignment(of_user uuid, of_node uuid) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    FOR attempt IN 1..3 LOOP
        UPDATE gnkmigrate_archive.user_nodes AS old SET
            user_id = of_user,
            is_active = CASE WHEN old.user_id = of_user AND :'inactive' = 'keep'
                             THEN old.is_active ELSE true END,
            assigned_by = assigned.assigned_by,
            created_at = CASE WHEN assigned.assigned_at = old.created_at {TIME}
                                   OR assigned.assigned_at IS NULL
                              THEN old.created_at ELSE assigned.assigned_at {TIME} END,
            updated_at = CASE WHEN old.user_id = of_user THEN old.updated_at
                              ELSE now() {TIME} END
        FROM public.user_nodes AS assigned
        WHERE assigned.user_id = of_user AND assigned.node_id = of_node
          AND old.id = (SELECT id FROM gnkmigrate_archive.user_nodes AS mine
                        WHERE node_id = of_node
                          AND (user_id = of_user OR NOT {HELD.format(row="mine")})
                        ORDER BY user_id = of_user DESC, id
                        LIMIT 1 FOR UPDATE);
        EXIT WHEN FOUND;
        UPDATE gnkmigrate_archive.user_nodes SET node_id = of_node WHERE node_id = of_node;
        EXIT WHEN FOUND;
        INSERT INTO gnkmigrate_archive.user_nodes
            (id, user_id, node_address, label, gpu_type, gcore_instance_id, created_at,
             updated_at, node_id, assigned_by)
        SELECT CASE WHEN EXISTS (SELECT FROM gnkmigrate_archive.user_nodes WHERE id = of_node)
                    THEN public.uuid_generate_v4() ELSE of_node END,
               of_user, node.identifier, node.display_name, node.gpu_type,
               node.gcore_instance_id, began.at {TIME}, began.at {TIME}, of_node,
               assigned.assigned_by
        FROM public.user_nodes AS assigned
        JOIN public.nodes AS node ON node.id = assigned.node_id
        CROSS JOIN LATERAL (SELECT coalesce(assigned.assigned_at, node.created_at, now()) AS at)
                           AS began
        WHERE assigned.user_id = of_user AND assigned.node_id = of_node
        FOR SHARE OF node
        ON CONFLICT DO NOTHING;
        EXIT WHEN FOUND;
    END LOOP;
END
$body$;

-- An assignment that ends leaves its row to another one of the same node.
CREATE FUNCTION gnkmigrate.release_assignment(of_user uuid, of_node uuid) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    heir uuid;
BEGIN
    PERFORM FROM gnkmigrate_archive.user_nodes
    WHERE user_id = of_user AND node_id = of_node FOR UPDATE;
    SELECT user_id INTO heir FROM public.user_nodes AS assigned
    WHERE node_id = of_node
      AND NOT EXISTS (SELECT FROM gnkmigrate_archive.user_nodes AS old
                      WHERE old.user_id = assigned.user_id AND old.node_id = of_node)
    ORDER BY assigned_at, user_id LIMIT 1;
    IF heir IS NOT NULL THEN
        PERFORM gnkmigrate.hold_assignment(heir, of_node);
    ELSE
        DELETE FROM gnkmigrate_archive.user_nodes WHERE user_id = of_user AND node_id = of_node;
    END IF;
END
$body$;
"""

LEAD = "".join(
    (
        HOLD,
        follower(
            "gnkmigrate.user_node_of_assignment",
            f"""
IF TG_OP = 'TRUNCATE' THEN
    -- Where it may, by a TRUNCATE: a DELETE would not see what has come since the snapshot of a
    -- REPEATABLE READ client.
    IF :'inactive' = 'keep' THEN
        TRUNCATE gnkmigrate_archive.user_nodes;
    ELSE
        DELETE FROM gnkmigrate_archive.user_nodes WHERE is_active;
    END IF;
    EXIT follow;
END IF;
IF TG_OP = 'UPDATE' AND (NEW.user_id, NEW.node_id) = (OLD.user_id, OLD.node_id) THEN
    UPDATE gnkmigrate_archive.user_nodes SET
        assigned_by = NEW.assigned_by,
        created_at = CASE WHEN NEW.assigned_at IS DISTINCT FROM OLD.assigned_at
                          THEN coalesce(NEW.assigned_at {TIME}, created_at)
                          ELSE created_at END
    WHERE user_id = NEW.user_id AND node_id = NEW.node_id;
    EXIT follow;
END IF;
IF TG_OP IN ('UPDATE', 'DELETE') THEN
    PERFORM gnkmigrate.release_assignment(OLD.user_id, OLD.node_id);
END IF;
IF TG_OP IN ('INSERT', 'UPDATE') THEN
    PERFORM gnkmigrate.hold_assignment(NEW.user_id, NEW.node_id);
END IF;
            """,
        ),
        follower(
            "gnkmigrate.user_node_of_node",
            """
IF TG_OP = 'TRUNCATE' THEN
    TRUNCATE gnkmigrate_archive.user_nodes;
ELSIF TG_OP = 'DELETE' THEN
    DELETE FROM gnkmigrate_archive.user_nodes WHERE node_id = OLD.id;
ELSE
    UPDATE gnkmigrate_archive.user_nodes SET
        node_id = NEW.id,
        node_address = CASE WHEN NEW.identifier IS DISTINCT FROM OLD.identifier
                            THEN NEW.identifier ELSE node_address END,
        label = CASE WHEN NEW.display_name IS DISTINCT FROM OLD.display_name
                     THEN NEW.display_name ELSE label END,
        gpu_type = CASE WHEN NEW.gpu_type IS DISTINCT FROM OLD.gpu_type
                        THEN NEW.gpu_type ELSE gpu_type END,
        gcore_instance_id =
            CASE WHEN NEW.gcore_instance_id IS DISTINCT FROM OLD.gcore_instance_id
                 THEN NEW.gcore_instance_id ELSE gcore_instance_id END
    WHERE node_id = OLD.id;
END IF;
            """,
        ),
        # Inactive rows that are no assignments belong to a user all the same.
        follower(
            "gnkmigrate.user_node_of_user",
            "DELETE FROM gnkmigrate_archive.user_nodes WHERE user_id = OLD.id AND NOT is_active;",
        ),
        # Old to new as well: a node outlives its row as long as somebody is assigned to it.
        follower(
            "gnkmigrate.node_without_assignment",
            """
IF TG_OP = 'DELETE' OR NEW.node_id IS DISTINCT FROM OLD.node_id THEN
    SELECT user_id INTO heir FROM public.user_nodes WHERE node_id = OLD.node_id
    ORDER BY assigned_at, user_id LIMIT 1;
    IF heir IS NOT NULL THEN
        PERFORM gnkmigrate.hold_assignment(heir, OLD.node_id);
    ELSE
        DELETE FROM public.nodes
        WHERE id = OLD.node_id
          AND NOT EXISTS (SELECT FROM gnkmigrate_archive.user_nodes
                          WHERE node_id = OLD.node_id);
    END IF;
END IF;
            """,
            declare="heir uuid;",
        ),
        """
        ALTER TABLE gnkmigrate_archive.user_nodes
            DISABLE TRIGGER gnkmigrate_node_gone,
            DISABLE TRIGGER gnkmigrate_nodes_gone;
        """,
        trigger(
            "gnkmigrate_node_unassigned",
            "AFTER DELETE OR UPDATE",
            "gnkmigrate_archive.user_nodes",
            "gnkmigrate.node_without_assignment",
        ),
    )
)
NO_LEAD = """
DROP TRIGGER gnkmigrate_node_unassigned ON public.user_nodes;
ALTER TABLE public.user_nodes
    ENABLE ALWAYS TRIGGER gnkmigrate_node_gone,
    ENABLE ALWAYS TRIGGER gnkmigrate_nodes_gone;
DROP FUNCTION gnkmigrate.node_without_assignment();
DROP FUNCTION gnkmigrate.release_assignment(uuid, uuid);
DROP FUNCTION gnkmigrate.hold_assignment(uuid, uuid)
"""

# Before the swap and after a rollback of it the new tables do not lead.
DO_NOT_LEAD = "".join(
    follower(f"gnkmigrate.{function}", "NULL;")
    for function in ("user_node_of_assignment", "user_node_of_node", "user_node_of_user")
)

# Made before the swap, which then exchanges functions only and takes no lock of further tables. The
# users' comes after those of their foreign keys, which end assignments.
LEAD_TRIGGERS = "".join(
    (
        DO_NOT_LEAD,
        trigger(
            "gnkmigrate_user_node",
            "AFTER INSERT OR UPDATE OR DELETE",
            "gnkmigrate_staging.user_nodes",
            "gnkmigrate.user_node_of_assignment",
        ),
        trigger(
            "gnkmigrate_user_nodes_gone",
            "AFTER TRUNCATE",
            "gnkmigrate_staging.user_nodes",
            "gnkmigrate.user_node_of_assignment",
            each="STATEMENT",
        ),
        trigger(
            "gnkmigrate_user_node",
            "AFTER UPDATE OR DELETE",
            "public.nodes",
            "gnkmigrate.user_node_of_node",
        ),
        trigger(
            "gnkmigrate_user_nodes_gone",
            "AFTER TRUNCATE",
            "public.nodes",
            "gnkmigrate.user_node_of_node",
            each="STATEMENT",
        ),
        trigger(
            "zz_gnkmigrate_user_node",
            "AFTER DELETE",
            "public.users",
            "gnkmigrate.user_node_of_user",
        ),
    )
)
NO_LEAD_TRIGGERS = """
DROP TRIGGER gnkmigrate_user_node ON gnkmigrate_staging.user_nodes;
DROP TRIGGER gnkmigrate_user_nodes_gone ON gnkmigrate_staging.user_nodes;
DROP TRIGGER gnkmigrate_user_node ON public.nodes;
DROP TRIGGER gnkmigrate_user_nodes_gone ON public.nodes;
DROP TRIGGER zz_gnkmigrate_user_node ON public.users;
DROP FUNCTION gnkmigrate.user_node_of_assignment();
DROP FUNCTION gnkmigrate.user_node_of_node();
DROP FUNCTION gnkmigrate.user_node_of_user()
"""

# What the old application sees, and writes as if it were the table.
LEGACY_VIEW = """
CREATE VIEW :"legacy_schema".user_nodes AS
SELECT id, user_id, node_address, label, gpu_type, gcore_instance_id, notes, is_active,
       created_at, updated_at
FROM gnkmigrate_archive.user_nodes;

ALTER VIEW :"legacy_schema".user_nodes ALTER COLUMN id SET DEFAULT public.uuid_generate_v4();
ALTER VIEW :"legacy_schema".user_nodes ALTER COLUMN is_active SET DEFAULT true;
ALTER VIEW :"legacy_schema".user_nodes ALTER COLUMN created_at SET DEFAULT now();
ALTER VIEW :"legacy_schema".user_nodes ALTER COLUMN updated_at SET DEFAULT now()
"""

# What rollbacks of this phase and of those before it spill, in an order in which it can come back.
NODES_OF_ANOTHER_KIND = (
    "The old shape has no place for nodes without an assignment, with a region or of another type."
)
NODES_MADE_ELSEWHEN = "The old shape does not say when a node was made, only when it was assigned."
SPILLED = (
    ("In the old shape a node has a user.", "public.nodes", ("id",)),
    (NODES_OF_ANOTHER_KIND, "public.nodes", ("id",)),
    ("The old shape has no place for nodes that nobody is assigned to.", "public.nodes", ("id",)),
    (
        "In the old shape a node belongs to one user.",
        "public.user_nodes",
        ("user_id", "node_id"),
    ),
    ("The old shape has no place for earnings.", "public.earnings_history", ("id",)),
    (
        "The old shape has no place for earnings of a node without a user.",
        "public.earnings_history",
        ("id",),
    ),
    ("The old shape has no place for cached statistics.", "public.node_stats_cache", ("node_id",)),
    (
        "The old shape has no place for statistics of a node without a user.",
        "public.node_stats_cache",
        ("node_id",),
    ),
)

WITHOUT_ROW = """
NOT EXISTS (SELECT FROM gnkmigrate_archive.user_nodes AS old WHERE old.node_id = {node})
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
    op.backfill(
        "rows of the join table",
        "public.user_nodes",
        "id",
        FILL,
        alias="old",
        at_once=FILL_AT_ONCE.replace(":batch", "true"),
    )
    op.step(
        "statistics of the join table",
        "ANALYZE gnkmigrate_staging.user_nodes",
        irreversible="statistics describe what is there, and go with it",
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
    op.step(
        "user_nodes follows the join table",
        LEAD_TRIGGERS,
        touches=("public.users", "public.nodes"),
    )
    op.swap_table(
        "swap of user_nodes",
        "public.user_nodes",
        last=LEAD + follow("public"),
        view=LEGACY_VIEW,
        compare=EXPECTED,
        along=("node_id", "user_id"),
    )
    for reason, table, key in SPILLED:
        op.take_back(reason, table, key=key)
    op.take_back(NODES_OF_ANOTHER_KIND, "public.nodes", ("region", "identifier_type", "created_at"))
    op.take_back(NODES_MADE_ELSEWHEN, "public.nodes", ("created_at",))
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
        """,
        shows=("node_id", "user_id", "assigned_at"),
        of="swap of user_nodes",
    )
    op.spill(
        "The old shape has no place for earnings of a node without a user.",
        "public.earnings_history",
        WITHOUT_ROW.format(node="spilled.node_id"),
        shows=("node_id", "date", "earnings_gnk"),
        of="swap of user_nodes",
    )
    op.spill(
        "The old shape has no place for statistics of a node without a user.",
        "public.node_stats_cache",
        WITHOUT_ROW.format(node="spilled.node_id"),
        shows=("node_id", "fetched_at"),
        of="swap of user_nodes",
    )
    op.spill(
        "In the old shape a node has a user.",
        "public.nodes",
        WITHOUT_ROW.format(node="spilled.id"),
        shows=("id", "identifier", "display_name"),
        of="swap of user_nodes",
    )
    op.unswap_table(
        "swap of user_nodes",
        "public.user_nodes",
        also=("public.nodes",),
        after=follow("gnkmigrate_staging") + DO_NOT_LEAD + NO_LEAD,
    )
    op.validate_foreign_keys("public.user_nodes")
    op.step(
        "user_nodes follows the join table",
        NO_LEAD_TRIGGERS,
        touches=("public.users", "public.nodes"),
    )
    op.step("rows of the join table", "TRUNCATE gnkmigrate_staging.user_nodes")
    op.step("join table follows user_nodes", UNSYNC, touches=("public.user_nodes",))
    op.step("join table", "DROP TABLE gnkmigrate_staging.user_nodes")
    op.drop_built_index("gnkmigrate_user_nodes_node_id", "public.user_nodes")
