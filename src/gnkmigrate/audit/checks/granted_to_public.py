"""A table, view or sequence that is granted to PUBLIC.

PUBLIC is every role that can connect, today's and tomorrow's: those for backups, for monitoring,
of another application on the same server. What PUBLIC may change, each of them may change. Where
one GRANT or default privilege has let it read many things of a schema, they are one finding.

Sources: PostgreSQL manual, 5.8 (privileges); pg_class.relacl, pg_attribute.attacl.
"""

from collections.abc import Iterator, Sequence
from itertools import chain

from gnkmigrate.audit.check import Observation, StructureCheck
from gnkmigrate.audit.checks._public import Held, held
from gnkmigrate.audit.checks._server import listed
from gnkmigrate.audit.describe import relation_of
from gnkmigrate.audit.finding import DatabaseObject, Severity
from gnkmigrate.facts.fact import Fact
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.postgres.quoting import qualified

_VERB = {"USAGE": "use", "REFERENCES": "refer to", "TRIGGER": "put triggers on"}
_WRITING = frozenset({"INSERT", "UPDATE", "DELETE", "TRUNCATE", "TRIGGER"})
# Row security does not hold these back.
_UNRESTRICTED = frozenset({"TRUNCATE", "TRIGGER"})
_MANY = 4  # things of a schema of which the same is said once
_TYPES = {"view": "view", "materialized view": "view", "sequence": "sequence"}


def find(snapshot: Snapshot, home: str) -> Iterator[Observation]:
    open_: dict[Fact, list[Held]] = {}
    for grants in snapshot.of_kind("grants"):
        found = held(grants)
        relation = _relation(grants, snapshot) if found else None
        if relation is not None:
            open_.setdefault(relation, []).extend(found)
    alike: dict[tuple[str, tuple[str, ...], Severity | None], list[Observation]] = {}
    for relation, found in open_.items():
        seen = _observed(relation, sorted(found, key=str), home)
        group = relation.identity.path[0], tuple(seen.evidence["privileges"]), seen.severity
        alike.setdefault(group, []).append(seen)
    for (schema, _, severity), several in alike.items():
        mild = severity == Severity.LOW and len(several) >= _MANY
        yield from [_together(schema, several)] if mild else several


def _together(schema: str, several: Sequence[Observation]) -> Observation:
    """One finding of many things that PUBLIC may do the same with."""
    held = several[0].evidence["privileges"]
    return Observation(
        DatabaseObject("", "", schema, "schema"),
        f"Everybody who can connect has {', '.join(held)} on {len(several):,} tables, views or "
        f"sequences of schema {schema}.",
        subject=", ".join(held),
        evidence={
            "privileges": held,
            "on": listed(each.object.label(schema) for each in several),
        },
        fix=tuple(chain(*(each.fix for each in several))),
        undo=tuple(chain(*(each.undo for each in several))),
        severity=Severity.LOW,
    )


def _relation(grants: Fact, snapshot: Snapshot) -> Fact | None:
    """The table, view or sequence that they are on, or on a column of which."""
    kind, *path = grants.identity.path
    if kind in {"schema", "function", "member"}:
        return None
    return relation_of(snapshot, *path[:2]) if len(path) > 1 else None


def _observed(relation: Fact, found: Sequence[Held], home: str) -> Observation:
    schema, name = relation.identity.path
    type_ = _TYPES.get(relation.kind, "table")
    about = DatabaseObject(schema, name, "", type_)
    if type_ == "sequence":
        about = DatabaseObject(schema, "", name, type_)
    on = f"{'SEQUENCE ' if type_ == 'sequence' else ''}{qualified(schema, name)}"
    # What another role than the owner has granted, that role alone can revoke.
    own = ", ".join(str(each) for each in found if each.by_owner)
    names = {each.name for each in found}
    restricted = relation.kind == "table" and relation.value("row_security")
    writes = type_ != "sequence" and names & _WRITING
    grave = writes and (not restricted or names & _UNRESTRICTED)
    return Observation(
        about,
        f"Everybody who can connect may {_verbs(found)} {type_} {about.label(home)}.",
        evidence={"privileges": [str(each) for each in found]},
        fix=(f"REVOKE {own} ON {on} FROM PUBLIC",) if own else (),
        undo=(f"GRANT {own} ON {on} TO PUBLIC",) if own else (),
        severity=Severity.HIGH if grave else Severity.LOW,
    )


def _verbs(found: Sequence[Held]) -> str:
    """The privileges, columns left out, as one says them."""
    words = [_VERB.get(each.name, each.name.lower()) for each in found]
    unique = list(dict.fromkeys(words))
    return " and ".join([", ".join(unique[:-1]), unique[-1]] if unique[1:] else unique)


CHECK = StructureCheck(
    id="GNK-A007",
    slug="granted-to-public",
    title="Nothing is granted to PUBLIC",
    category="security",
    severity=Severity.HIGH,
    impact="Every role of the server that can connect reaches it, those to come included.",
    recommendation="Grant it to the roles that need it, then revoke it from PUBLIC.",
    find=find,
)
