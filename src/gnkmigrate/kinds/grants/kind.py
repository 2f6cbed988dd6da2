"""Privileges on things and on columns (manual: GRANT, REVOKE, 5.8)."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import kind_of, kinds
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.default_privileges.kind import SILENCE, given_to_new
from gnkmigrate.kinds.effects import How
from gnkmigrate.kinds.kind import Kind
from gnkmigrate.kinds.narrowing import narrowed, shown
from gnkmigrate.kinds.of_inherited import goes_along
from gnkmigrate.kinds.owner.kind import owner_of
from gnkmigrate.kinds.privileges import (
    BY_OWNER,
    Level,
    Privileges,
    Step,
    as_of,
    entries,
    named,
    owned_by,
    privileges,
    steps,
)
from gnkmigrate.kinds.showing import Shows
from gnkmigrate.kinds.statement import Statement, Statements
from gnkmigrate.postgres.quoting import dollar_quoted, identifier, literal, qualified
from gnkmigrate.postgres.routine import marked, parted

# The first server_version_num whose initdb lets not everybody create things in schema public.
_PUBLIC_IS_READ_ONLY = 150000


class Grants(Kind):
    name = "grants"
    attributes = {"grants": How.ALTERED}
    rank = 112
    is_satellite = True
    guards = True
    rules_access = True
    has_comment = False
    silence = SILENCE
    leaves_open = True
    by_version = True

    def reference(self, fact: Fact) -> str:
        return f"grants on {_named(fact.identity)}"

    def words(self, fact: Fact) -> str:
        return f"Grants on {_named(fact.identity)}"

    def roles(self, fact: Fact) -> Iterator[str]:
        return named(privileges(fact.payload["grants"]))

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        del parts
        current = {} if _is_column(fact) else given_to_new(_thing(fact, context.find), context)
        return _between(fact, current, fact.payload["grants"], context)

    def drop(self, fact: Fact, context: Context) -> Statements:
        if goes_along(fact, context):
            return ()
        return _between(fact, _read(fact, context), (), context, going=True)

    def altered(
        self, change: Change, differing: frozenset[str], context: Context
    ) -> Statements | None:
        del differing
        current = _read(change.before or change.fact, context)
        return _between(change.fact, current, change.fact.payload["grants"], context)

    def waits_for(self, fact: Fact, target: Snapshot) -> Iterator[Identity]:
        """The owner, who grants; and of a column the table's, since REVOKE takes these as well."""
        kind, *path = fact.identity.path
        del target
        if not _is_column(fact):
            yield Identity("owner", fact.identity.path)
            return
        for each in kinds().values():
            if each.is_relation or each.name == kind:
                thing = (each.name, *path[:-1])
                yield from (Identity("owner", thing), Identity("grants", thing))

    def shows(self, before: Fact | None, after: Fact | None) -> Shows | None:
        one = after or before
        if one is None:
            return None
        current, wanted = (
            privileges(each.payload["grants"] if each else ()) for each in (before, after)
        )
        return shown(current, wanted, holds=not _is_column(one))

    def halfway(self, change: Change, context: Context) -> Fact | None:
        """What goes goes at once, and what comes is given once others see what they may then."""
        del context
        if change.before is None:
            return None
        current, wanted = (
            privileges(each.payload["grants"]) for each in (change.before, change.fact)
        )
        left = narrowed(current, wanted, holds=not _is_column(change.fact))
        if left is None or entries(left) in (entries(current), entries(wanted)):
            return None
        return change.fact.has({"grants": entries(left)})

    def implied(self, fact: Fact, context: Context) -> Iterator[Fact]:
        """A new thing shall not have what default privileges of other things' sake give to it."""
        if fact.kind == "column" or not given_to_new(fact, context):
            return
        identity = Identity("grants", (fact.kind, *fact.identity.path))
        if identity not in context.target:
            yield Fact(identity, fact.identity, {"grants": ()})

    def as_of(self, fact: Fact, version: int) -> Fact | None:
        return as_of(fact, version)

    def says(self, fact: Fact, version: int) -> bool:
        initial = ["=USAGE"] if version >= _PUBLIC_IS_READ_ONLY else ["=CREATE", "=USAGE"]
        is_public = fact.identity.path == ("schema", "public")
        return not (is_public and fact.payload["grants"] == initial)

    def beside(self, fact: Fact, script: Snapshot, other: Snapshot) -> Fact | None:
        """What a script grants to the role that owns the thing anyway says nothing."""
        owner = None if _is_member(fact) else _owner_beside(fact, script, other)
        if owner is None:
            return fact
        held = privileges(fact.payload["grants"])
        moved = owned_by(held, identifier(owner), holds=not _is_column(fact))
        if moved == held:
            return fact
        return fact.has({"grants": entries(moved)}) if moved else None


def _read(fact: Fact, context: Context) -> Privileges:
    return privileges(fact.payload["grants"], context.source.server_version)


def _between(
    fact: Fact, current: Privileges, wanted: Iterable[str], context: Context, *, going: bool = False
) -> Statements:
    """GRANT and REVOKE from one state to the other; the owner is the target's by now."""
    thing = _thing(fact, context.before if going else context.find)
    owner, holds = owner_of(thing, context), not _is_column(fact)
    found = steps(
        owned_by(current, owner, holds=holds),
        privileges(wanted, context.source.server_version),
        holds=holds,
    )
    statements: list[Statement] = []
    for step in found:
        statements.append(_statement(fact, thing, step, owner))
        if not step.grants and holds:
            statements += _again(thing, step, owner, context)
    return tuple(statements)


def _again(thing: Fact, step: Step, owner: str, context: Context) -> Iterator[Statement]:
    """Privileges on columns, which a REVOKE on their table takes too."""
    for column in _of_columns(thing, context):
        kept = {
            key: level
            for key, level in privileges(column.payload["grants"]).items()
            if key.grantor == step.grantor and key.name in step.names and key.role in step.roles
            and (not step.option or level is Level.GRANTABLE)
        }  # fmt: skip
        for again in steps({}, kept, holds=False):
            yield _statement(column, thing, again, owner)


def _of_columns(thing: Fact, context: Context) -> Iterator[Fact]:
    """The grants of the target on columns that are there already."""
    if not kind_of(thing.kind).is_relation:
        return
    found = context.target.children
    for child in found(thing.identity):
        if child.kind == "grants" and _is_column(child):
            yield child
        elif not context.is_new(child.identity) and child.identity in context.source:
            yield from (each for each in found(child.identity, "grants") if _is_column(each))


def _statement(fact: Fact, thing: Fact, step: Step, owner: str) -> Statement:
    if _is_column(fact):
        column = identifier(fact.identity.name)
        sql = step.sql(f"TABLE {qualified(*thing.identity.path)}", owner, column)
        subject = f"column {qualified(*thing.identity.path)}.{column}"
    elif _is_member(fact):
        sql, subject = step.sql(_member(fact), owner), fact.identity.name
    else:
        known = kind_of(thing.kind)
        sql, subject = step.sql(known.grant_reference(thing), owner), known.words(thing)
    subject = subject[:1].lower() + subject[1:]
    if step.grantor != BY_OWNER:
        sql = _as(step.grantor, sql)
    return Statement(sql, step.reason(subject, owner))


def _member(fact: Fact) -> str:
    """What an extension has made, as GRANT names it: "PROCEDURE public.purge(IN integer)"."""
    name, types = parted(fact.identity.name)
    return f"{name}{marked(types)}" if name.startswith("PROCEDURE ") else fact.identity.name


def _as(role: str, command: str) -> str:
    """A command that another role runs; whoever runs the plan is back in place afterwards."""
    name = role[1:-1].replace('""', '"') if role.startswith('"') else role
    body = (
        "\nDECLARE\n    before text := current_setting('role');\n"
        f"BEGIN\n    PERFORM set_config('role', {literal(name)}, true);\n"
        f"    {command};\n"
        "    PERFORM set_config('role', before, true);\nEND;\n"
    )
    return f"DO {dollar_quoted(body)}"


def _is_column(fact: Fact) -> bool:
    return fact.identity.path[0] == "column"


def _is_member(fact: Fact) -> bool:
    """Whether it is on what an extension has made, which is no fact of its own."""
    return fact.identity.path[0] == "member"


def _thing(fact: Fact, find: Callable[[Identity | None], Fact | None]) -> Fact:
    """What the grants are on: of a column, the relation that it is in."""
    thing = find(fact.parent)
    if thing is not None and thing.kind == "column":
        thing = find(thing.parent)
    if thing is None:
        raise LookupError(f"{fact.identity} hangs on nothing")
    return thing


def _named(identity: Identity) -> str:
    kind, *path = identity.path
    return f"{kind} {qualified(*path)}"


def _owner_beside(fact: Fact, script: Snapshot, other: Snapshot) -> str | None:
    """Who owns the thing where a script does not say: whoever does already, or who makes it."""
    thing = fact.parent
    found = script.facts.get(thing) if thing is not None else None
    if found is not None and found.kind == "column":
        thing = found.parent
    if thing is None:
        return None
    owner = Identity("owner", (thing.kind, *thing.path))
    stated = script.facts.get(owner) or other.facts.get(owner)
    if stated is not None:
        return str(stated.payload["owner"])
    return other.role or None


KIND = Grants()
