"""The plan: statements that take one database to the shape of another, in an order that runs.

`expand` finds what has to make way, `order` sorts it, and the rules write the statements.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from gnkmigrate.diff.beside import completed
from gnkmigrate.diff.renames import NOTHING_RENAMED, renamed_by
from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.new_names import NewNames
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import kind_of
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.extension_members import refuse_members
from gnkmigrate.kinds.kind import Kind
from gnkmigrate.kinds.moving import refuse_moves
from gnkmigrate.kinds.statement import Statement, Statements, at_once, together
from gnkmigrate.kinds.unqualified_operators import schemas_of_operators
from gnkmigrate.plan.action import Action
from gnkmigrate.plan.carried import brought_about
from gnkmigrate.plan.dependents import expand
from gnkmigrate.plan.group import Group
from gnkmigrate.plan.interim_names import names_in_between, placed
from gnkmigrate.plan.locked_by_now import locked_by_now
from gnkmigrate.plan.merging import merged
from gnkmigrate.plan.order import arrange
from gnkmigrate.plan.rights import Right, rights
from gnkmigrate.plan.silencing import silenced
from gnkmigrate.plan.users import Users, users_of
from gnkmigrate.postgres.quoting import identifier, qualified

# Bodies of functions may use what the plan makes later; pg_dump restores with the same setting.
_BODIES_UNCHECKED = Statement(
    "SET check_function_bodies = off", "Functions may use what is created after them."
)

_MAKES_FUNCTION = re.compile(r"CREATE (OR REPLACE )?(FUNCTION|PROCEDURE)\b")

# Else a statement that reads rows would take those that a policy shows for all (manual, 5.9).
_ROWS_UNHIDDEN = Statement(
    "SET row_security = off", "What reads rows fails where row security would hide some."
)

_OF_ROWS = frozenset({"ROWS", "OWN ROWS"})

# What a thing does that would not change by itself.
_CAUSED = {
    "create": "is made again after",
    "alter": "follows",
    "finish": "follows",
    "rename": "follows",
    "drop": "makes way for",
}


class Planner:
    """Plans between two snapshots; keep one where many changes are asked about.

    Args:
        source: the database as it is.
        target: the database as it shall be.
        online: keep locks short on what others use, at the price of more statements.
        source_timezone: the zone in which timestamps without one were written.
        renamed: what the changes give another name, by its old identity.
    """

    def __init__(
        self,
        source: Snapshot,
        target: Snapshot,
        *,
        online: bool = True,
        source_timezone: str = "UTC",
        renamed: Mapping[Identity, Identity] = NOTHING_RENAMED,
    ) -> None:
        back = {new: old for old, new in renamed.items()}
        self._context = Context(
            completed(source, target, back),
            completed(target, source, renamed),
            online,
            source_timezone,
        )

    def plan(self, changes: Sequence[Change]) -> Statements:
        """All of `changes`, in an order that runs.

        Raises:
            Unplannable: a kind has no rule, or the changes wait for each other.
        """
        return self.plan_with_rights(changes)[0]

    def plan_with_rights(self, changes: Sequence[Change]) -> tuple[Statements, tuple[Right, ...]]:
        """The same, and what a role must be allowed so that it runs to its end."""
        actions = self._actions(changes)
        statements = self._statements(actions, changes)
        needed = rights(actions, self._context_of(actions, changes))
        settings = [
            *([_BODIES_UNCHECKED] if any(map(_makes_function, statements)) else []),
            *([_ROWS_UNHIDDEN] if self._reads_hidden_rows(needed) else []),
            *_operators_found(actions, self._context.target),
        ]
        return (*settings, *statements), needed

    def statements_for(self, *changes: Change) -> Statements:
        """These changes alone, with what has to make way for them and comes back.

        Raises:
            Unplannable: a kind has no rule, or the changes wait for each other.
        """
        return self._statements(self._actions(changes), changes)

    def _statements(self, actions: Sequence[Action], changes: Sequence[Change]) -> Statements:
        renamed, context = renamed_by(changes), self._context_of(actions, changes)
        groups = arrange(actions, context.source, context.target)
        context = replace(context, meanwhile=names_in_between([group.leader for group in groups]))
        return merged(locked_by_now(groups, lambda group: _written(group, context, renamed)))

    def _context_of(self, actions: Sequence[Action], changes: Sequence[Change]) -> Context:
        return replace(
            self._context,
            created=_identities(each.after for each in actions if each.verb == "create"),
            dropped=_identities(each.before for each in actions if each.verb == "drop"),
            altered=_identities(each.before for each in actions if each.verb == "alter"),
            names=NewNames(renamed_by(changes)),
        )

    def _reads_hidden_rows(self, needed: Iterable[Right]) -> bool:
        tables = self._context.source.of_kind("table")
        hidden = {qualified(*each.identity.path) for each in tables if each.payload["row_security"]}
        return any(right.privilege in _OF_ROWS and right.thing in hidden for right in needed)

    def _actions(self, changes: Sequence[Change]) -> tuple[Action, ...]:
        context = replace(
            self._context,
            created=_identities(change.after for change in changes if change.verb == "add"),
            dropped=_identities(change.before for change in changes if change.verb == "remove"),
            names=NewNames(renamed_by(changes)),
        )
        refuse_moves(changes, context)
        refuse_members(changes, context)
        return silenced(brought_about(expand(changes, context, self._users), context), context)

    @cached_property
    def _users(self) -> Users:
        return users_of(self._context.source)


def _operators_found(actions: Sequence[Action], target: Snapshot) -> Iterator[Statement]:
    """Names are written with their schemas; some operators cannot be."""
    schemas = sorted(
        {
            schema
            for action in actions
            if action.after is not None and action.verb != "rename"
            for schema in schemas_of_operators(action.after, target)
        }
        - {"pg_catalog"}
    )
    if schemas:
        path = ", ".join(map(identifier, ("pg_catalog", *schemas)))
        yield Statement(
            f"SET search_path = {path}",
            "Operators that SQL does not qualify (IS DISTINCT FROM, NULLIF, CASE) are found there.",
        )


def _makes_function(statement: Statement) -> bool:
    return _MAKES_FUNCTION.match(statement.sql) is not None


def _identities(facts: Iterable[Fact | None]) -> frozenset[Identity]:
    return frozenset(fact.identity for fact in facts if fact is not None)


def plan(
    changes: Sequence[Change],
    source: Snapshot,
    target: Snapshot,
    *,
    online: bool = True,
    source_timezone: str = "UTC",
) -> Statements:
    """Statements that take `source` to `target`; see `Planner`."""
    planner = Planner(
        source,
        target,
        online=online,
        source_timezone=source_timezone,
        renamed=renamed_by(changes),
    )
    return planner.plan(changes)


def statements_for(
    change: Change,
    source: Snapshot,
    target: Snapshot,
    *,
    online: bool = True,
    source_timezone: str = "UTC",
) -> Statements:
    """Statements for one change alone; with source and target swapped, those that undo it."""
    planner = Planner(source, target, online=online, source_timezone=source_timezone)
    return planner.statements_for(change)


def _written(group: Group, context: Context, renamed: Mapping[Identity, Identity]) -> Statements:
    leader = group.leader
    known = kind_of(leader.fact.kind)
    statements = _statements(leader, known, group, context)
    if known.is_satellite:
        return statements  # what they say is true whatever forces them
    if leader.cause is None:
        other = _other_form(leader, context, renamed)
        differing = known.differing(Change("alter", other, leader.fact)) if other else frozenset()
        if other is None or not differing:
            return statements
        what = ", ".join(known.called_otherwise.get(each, each) for each in sorted(differing))
        reason = f"{known.words(leader.fact)}{_called(leader, other)} differs in: {what}."
        return tuple(_because(reason, statement) for statement in statements)
    what, does = str(leader.fact.identity), _CAUSED[leader.verb]
    reason = f"{what[0].upper()}{what[1:]} {does} the change of {leader.cause}."
    return tuple(_because(reason, statement) for statement in statements)


def _because(reason: str, statement: Statement) -> Statement:
    """A statement with another reason, to which its own is added where it says what stops it."""
    told = f"{reason} {statement.reason}" if statement.stops_at else reason
    return replace(statement, reason=told)


def _other_form(
    leader: Action, context: Context, renamed: Mapping[Identity, Identity]
) -> Fact | None:
    """What is made again: the old form of what is created, the new one of what is dropped."""
    identity, back = leader.fact.identity, {new: old for old, new in renamed.items()}
    if leader.verb not in {"create", "drop"}:
        return None
    creates = leader.verb == "create"
    becomes, was = (back, renamed) if creates else (renamed, back)
    if identity in was and identity not in becomes:
        return None  # what has the name there is another thing
    side = context.source if creates else context.target
    return side.facts.get(becomes.get(identity, identity))


def _called(leader: Action, other: Fact) -> str:
    if other.identity == leader.fact.identity:
        return ""
    name = identifier(other.identity.name)
    return f", {name} in the target," if leader.verb == "drop" else f", {name} before,"


def _statements(leader: Action, known: Kind, group: Group, context: Context) -> Statements:
    match leader.verb:
        case "create":
            guards = _guards(group)
            parts = tuple(each.fact for each in group.members if each not in guards)
            made = known.create(leader.fact, parts, context)
            return together(made, tuple(_guarded(guards, context)))
        case "drop":
            dropped = known.drop(leader.fact, context)
            return known.drop(leader.placed, context) if leader.placed else dropped
        case "rename":
            after = leader.fact
            before = placed(leader.before or after, after)
            return known.rename(Change("rename", before, after), context)
        case "alter" | "finish":
            altered = known.alter(leader.change, context) or ()
            guarded = tuple(_guarded(_guards(group), context))
            return at_once((*altered, *guarded)) if guarded else altered


def _guards(group: Group) -> Sequence[Action]:
    return [each for each in group.members if kind_of(each.fact.kind).guards]


def _guarded(guards: Sequence[Action], context: Context) -> Iterator[Statement]:
    """What gives a thing its owner, and then its privileges."""
    # A REVOKE on the whole takes privileges on columns as well.
    for each in sorted(guards, key=_depth):
        known = kind_of(each.fact.kind)
        match each.verb:
            case "create":
                yield from known.create(each.fact, (), context)
            case "drop":
                yield from known.drop(each.fact, context)
            case _:
                yield from known.alter(each.change, context) or ()


def _depth(guard: Action) -> tuple[int, int, Identity, bool]:
    identity = guard.fact.identity
    return kind_of(identity.kind).rank, len(identity.path), identity, guard.verb == "finish"
