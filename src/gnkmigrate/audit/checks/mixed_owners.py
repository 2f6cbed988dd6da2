"""Tables of one schema that belong to different roles.

Mostly somebody ran a statement by hand as themselves. A migration then stops at the table that
its role does not own, default privileges do not apply, and the role cannot be dropped.

Sources: PostgreSQL manual, 5.8 (privileges: only the owner may alter); pg_class.relowner.
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, Question, ServerCheck
from gnkmigrate.audit.checks._server import answers, is_own, listed
from gnkmigrate.audit.finding import DatabaseObject, Severity
from gnkmigrate.postgres.connection import Connection
from gnkmigrate.postgres.quoting import identifier, qualified


def find(connection: Connection, question: Question) -> Iterator[Observation]:
    for row in answers(connection, question, "mixed_owners"):
        strays = [
            (name, owner)
            for name, owner in zip(row.relations, row.owners, strict=True)
            if is_own(question, row.schema, name)
        ]
        if not strays:
            continue
        one = len(strays) == 1
        alter = [(f"ALTER TABLE {qualified(row.schema, name)} OWNER TO", to) for name, to in strays]
        yield Observation(
            DatabaseObject("", "", row.schema, "schema"),
            f"{len(strays):,} of the tables of schema {row.schema} "
            f"{'belongs' if one else 'belong'} to others than {row.owner}.",
            evidence={"tables": listed(f"{name} ({owner})" for name, owner in strays)},
            fix=tuple(f"{begin} {identifier(row.owner)}" for begin, _ in alter),
            undo=tuple(f"{begin} {identifier(owner)}" for begin, owner in alter),
        )


CHECK = ServerCheck(
    id="GNK-A016",
    slug="mixed-owners",
    title="All tables of a schema have one owner",
    category="security",
    severity=Severity.LOW,
    impact="Migrations stop at tables that their role does not own.",
    recommendation="Give all of them to the role that runs the migrations.",
    find=find,
)
