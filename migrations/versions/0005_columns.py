"""New columns of users and node_requests; processed_by becomes a reference to a user."""

from gnkmigrate import op
from gnkmigrate.run.sync.conversion import Conversion

revision = "0005"
down_revision = "0004"
phase = "columns"
search_path = "pg_catalog, pg_temp"

# An e-mail that is exactly a user's, else one that differs in case alone, else a user's id.
# Several users whom a text fits alike are nobody: that is reported, never guessed.
RESOLVE = """
CREATE FUNCTION gnkmigrate.folded(text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN pg_catalog.lower($1);
CREATE FUNCTION gnkmigrate.user_of_text(text) RETURNS uuid
LANGUAGE sql STABLE STRICT SET search_path = pg_catalog, pg_temp AS $body$
    SELECT coalesce(
        (SELECT CASE count(*) WHEN 1 THEN min(id::text)::uuid END
         FROM public.users WHERE email = $1),
        (SELECT CASE count(*) WHEN 1 THEN min(id::text)::uuid END
         FROM public.users WHERE gnkmigrate.folded(email) = gnkmigrate.folded($1)),
        (SELECT id FROM public.users
         WHERE id = CASE WHEN $1 ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
                         THEN $1::uuid END
           AND NOT EXISTS (SELECT FROM public.users
                           WHERE gnkmigrate.folded(email) = gnkmigrate.folded($1))))
$body$;
CREATE FUNCTION gnkmigrate.email_of_user(uuid) RETURNS text
LANGUAGE sql STABLE STRICT SET search_path = pg_catalog, pg_temp AS $body$
    SELECT email FROM public.users WHERE id = $1
$body$
"""

PROCESSED_BY = (
    Conversion(
        column="processed_by",
        type="uuid",
        expects="character varying",
        using="gnkmigrate.user_of_text(:column)",
        back="gnkmigrate.email_of_user(:column)",
        keep=True,
    ),
)

# For each text, how many users it means exactly, apart from case, and by id.
MATCHES = """
SELECT request.id, request.processed_by, coalesce(exact.users, 0) AS exactly,
       coalesce(folded.users, 0) AS by_case, coalesce(identified.users, 0) AS by_id
FROM public.node_requests AS request
LEFT JOIN (SELECT email, count(*) AS users FROM public.users GROUP BY email) AS exact
       ON exact.email = request.processed_by
LEFT JOIN (SELECT lower(email) AS email, count(*) AS users
           FROM public.users GROUP BY lower(email)) AS folded
       ON folded.email = lower(request.processed_by)
LEFT JOIN (SELECT id::text AS id, 1 AS users FROM public.users) AS identified
       ON identified.id = lower(request.processed_by)
WHERE request.processed_by IS NOT NULL
"""

AMBIGUOUS = f"""
SELECT id, processed_by, by_case AS users FROM ({MATCHES}) AS matched
WHERE exactly <> 1 AND by_case > 1
"""

UNMAPPED = f"""
SELECT id, processed_by FROM ({MATCHES}) AS matched
WHERE exactly = 0 AND by_case = 0 AND by_id = 0
"""


def upgrade() -> None:
    op.expect_table(
        "public.users",
        ("id", "email"),
        without=("telegram", "discord", "currency_preference"),
    )
    op.expect_table(
        "public.node_requests",
        ("id", "user_id", "processed_by"),
        without=("type", "budget", "network", "assigned_to"),
    )
    op.guard(
        "processed_by fits several users, whose e-mails differ in upper and lower case alone.",
        AMBIGUOUS,
        hint="Write the e-mail exactly as the user's own, or the user's id.",
        unless=(("unmapped", "archive"),),
    )
    op.guard(
        "processed_by names nobody among the users.",
        UNMAPPED,
        hint="Correct the texts, or set them to NULL with --unmapped archive (they are kept).",
        unless=(("unmapped", "archive"),),
    )
    op.step(
        "columns of users",
        """
        ALTER TABLE public.users
            ADD COLUMN telegram varchar(100),
            ADD COLUMN discord varchar(100),
            ADD COLUMN currency_preference varchar(10) DEFAULT 'USD'
        """,
        touches=("public.users",),
    )
    op.step(
        "columns of node_requests",
        """
        ALTER TABLE public.node_requests
            ADD COLUMN type varchar(50) DEFAULT 'new_node',
            ADD COLUMN budget varchar(100),
            ADD COLUMN network varchar(50) DEFAULT 'gonka',
            ADD COLUMN assigned_to uuid
        """,
        touches=("public.node_requests",),
    )
    op.take_back(
        "The old shape has no telegram, discord or currency_preference.",
        "public.users",
        ("telegram", "discord", "currency_preference"),
    )
    op.take_back(
        "The old shape has no type, budget, network or assigned_to.",
        "public.node_requests",
        ("type", "budget", "network", "assigned_to"),
    )
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
    op.step("who a text means", RESOLVE)
    # As long as the old shape is kept, which is until contract, texts are resolved. The target does
    # not have this index; by its function it is known as gnkmigrate's.
    op.build_index(
        "gnkmigrate_users_folded_email", "public.users", "(gnkmigrate.folded(email::text))"
    )
    op.convert_columns("public.node_requests", "id", PROCESSED_BY)
    op.add_constraint(
        "public.node_requests",
        "node_requests_processed_by_fkey",
        "FOREIGN KEY (processed_by) REFERENCES public.users (id)",
    )
    op.verify(
        "every processed_by is a user",
        """
        SELECT id, processed_by FROM public.node_requests AS request
        WHERE processed_by IS NOT NULL
          AND NOT EXISTS (SELECT FROM public.users WHERE id = request.processed_by)
        """,
    )
    op.verify(
        "texts of processed_by that mean nobody and are kept",
        """
        SELECT count(*) FROM public.node_requests
        WHERE processed_by IS NULL AND gnkmigrate_kept_processed_by IS NOT NULL
        """,
        reports=True,
    )


def downgrade() -> None:
    op.spill(
        "The old shape has no telegram, discord or currency_preference.",
        "public.users",
        """
        spilled.telegram IS NOT NULL OR spilled.discord IS NOT NULL
        OR spilled.currency_preference IS DISTINCT FROM 'USD'
        """,
        shows=("id", "telegram", "discord", "currency_preference"),
        columns=("id", "telegram", "discord", "currency_preference"),
        of="columns of users",
    )
    op.spill(
        "The old shape has no type, budget, network or assigned_to.",
        "public.node_requests",
        """
        spilled.type IS DISTINCT FROM 'new_node' OR spilled.budget IS NOT NULL
        OR spilled.network IS DISTINCT FROM 'gonka' OR spilled.assigned_to IS NOT NULL
        """,
        shows=("id", "type", "budget", "network", "assigned_to"),
        columns=("id", "type", "budget", "network", "assigned_to"),
        of="columns of node_requests",
    )
    op.drop_added_constraint("public.node_requests", "node_requests_processed_by_fkey")
    op.revert_columns("public.node_requests", "id", PROCESSED_BY)
    op.drop_built_index("gnkmigrate_users_folded_email", "public.users")
    op.step(
        "who a text means",
        """
        DROP FUNCTION gnkmigrate.user_of_text(text);
        DROP FUNCTION gnkmigrate.folded(text);
        DROP FUNCTION gnkmigrate.email_of_user(uuid)
        """,
    )
    op.drop_added_constraint("public.node_requests", "node_requests_assigned_to_fkey")
    op.drop_added_constraint("public.node_requests", "node_requests_type_check")
    op.step(
        "columns of node_requests",
        """
        ALTER TABLE public.node_requests
            DROP COLUMN type, DROP COLUMN budget, DROP COLUMN network, DROP COLUMN assigned_to
        """,
        touches=("public.node_requests",),
    )
    op.step(
        "columns of users",
        """
        ALTER TABLE public.users
            DROP COLUMN telegram, DROP COLUMN discord, DROP COLUMN currency_preference
        """,
        touches=("public.users",),
    )
