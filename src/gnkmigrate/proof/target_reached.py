"""Whether pg_dump says the same of a database and of one that was made from the target."""

from collections.abc import Sequence

from gnkmigrate.errors import SchemaError
from gnkmigrate.postgres.connection import DatabaseUrl
from gnkmigrate.proof.ownership import Open
from gnkmigrate.proof.schema import Schema, dumped, restored, schema, unlike
from gnkmigrate.proof.target import Wanted


def unlike_target(
    url: DatabaseUrl, wanted: Wanted, before: Schema | None, open_: Open | None
) -> Sequence[str]:
    """What pg_dump says of one of both alone, in lines; nothing when it says the same.

    Args:
        url: the database.
        wanted: one that was made from the target, of the same version of PostgreSQL.
        before: what the database was before the plan; None where none ran.
        open_: what the target leaves open; None where it is a database of its own.
    """
    major, scope = wanted.server.major, wanted.scope
    made = schema(url, major, scope)
    found = _difference(made, wanted.schema, made if before is None else before, open_)
    if not found:
        return ()
    # A text may be printed in another way once it was dumped and restored.
    try:
        again = restored(dumped(url, major, scope), wanted.server, scope)
        settled = wanted.settled()
    except SchemaError:
        return found  # what pg_dump writes does not load; what there is has to do
    return _difference(again, settled, again if before is None else before, open_)


def _difference(made: Schema, wanted: Schema, before: Schema, open_: Open | None) -> Sequence[str]:
    if open_ is None:
        return unlike(made, wanted)
    return (
        *unlike(open_.stated(made, wanted, before), open_.meant(wanted, before)),
        *unlike(*open_.left_open(made, before)),
    )
