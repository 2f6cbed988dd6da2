"""Groups of changes as operations: planned statements, with the way back planned as well.

An index or a constraint of a table that is there has an operation of its own, which builds or
validates it while others write. Everything else is SQL of one transaction.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from gnkmigrate.authoring.calls import Argument, Call
from gnkmigrate.authoring.groups import Group
from gnkmigrate.authoring.step_script import script, touched
from gnkmigrate.diff.compare import compare
from gnkmigrate.diff.renames import Renames, renamed_by
from gnkmigrate.facts.fact import Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.statement import Statement, Statements
from gnkmigrate.plan.planner import Planner
from gnkmigrate.postgres.quoting import identifier, names_in, qualified
from gnkmigrate.run.names import split

_NOT_VALID = " NOT VALID"

# What op.retire_constraint is for, and what it keeps with a constraint.
_RETIRED = frozenset({"check", "foreign key", "unique"})
_WITH_CONSTRAINT = frozenset({"constraint", "comment"})

# The kinds that may hang on a column, and what PostgreSQL calls them.
_ON_TABLE = frozenset({"constraint", "trigger", "rule", "policy"})
_DESCRIBED = {kind: kind for kind in (*_ON_TABLE, "view", "materialized view", "index")}
_DESCRIBED["statistics"] = "statistics object"


@dataclass(frozen=True)
class Writer:
    """Writes groups as calls.

    Attributes:
        hints: renames that are known.
        source_timezone: the zone in which timestamps without one were written.
    """

    hints: Renames
    source_timezone: str

    def calls(
        self, group: Group, before: Snapshot, after: Snapshot, title: str
    ) -> tuple[Call, ...]:
        """The calls that take one state to another.

        Args:
            group: what differs.
            before: the state that they find.
            after: the state that they leave.
            title: the name of the step of what is SQL.

        Raises:
            Unplannable: no statements do it, or take it back.
            NotWritable: a statement cannot stand in a revision.
        """
        retired = _retired(group, before, after)
        if retired is not None:
            return (retired,)
        if group.root.kind in {"index", "constraint"} and group.is_whole:
            online = self._online(group, before, after, title)
            if online:
                return online
        new = after.facts.get(group.root)
        if (
            new is not None
            and new.kind == "extension"
            and group.is_whole
            and new.payload["is_usual"]
        ):
            return (Call("create_extension", (new.identity.name, new.payload["schema"])),)
        forward = self._plan(before, after, online=False)
        back = self._plan(after, before, online=False, inverse=True)
        return self._step(group, title, forward, back, before)

    def renames(
        self, changes: Sequence[Change], source: Snapshot, target: Snapshot
    ) -> tuple[Call, ...]:
        """The calls that give things other names, and nothing else of what separates two states.

        Tables have an operation of their own, unless one takes the name that another has.
        """
        tables = _renamed_tables(changes)
        moved = {name for pair in tables for name in pair}
        calls = [Call("keep_shape", (old,)) for old, _ in tables]
        calls += [Call("rename_table", (old, split(new)[1])) for old, new in tables]
        others = [
            change
            for change in changes
            if change.kind != "table" or ".".join(change.identity.path) not in moved
        ]
        return (*calls, *self._other_names(others, changes, source, target))

    def _other_names(
        self,
        changes: Sequence[Change],
        beside: Sequence[Change],
        source: Snapshot,
        target: Snapshot,
    ) -> Iterator[Call]:
        """One step for those that have no operation."""
        if not changes:
            return
        renamed = renamed_by(beside)
        back = {new: old for old, new in renamed.items()}
        inverse = [Change("rename", change.after, change.before) for change in changes]
        planners = (
            Planner(source, target, online=False, renamed=renamed).statements_for(*changes),
            Planner(target, source, online=False, renamed=back).statements_for(*inverse),
        )
        title = "other names"
        sql, undo = (script(statements, title) for statements in planners)
        tables = touched(planners[0], source)
        note = "confirm: the old application does not find them under their old names."
        yield Call("step", (title, sql), {"touches": tables, "back": undo}, (note,))

    def _online(
        self, group: Group, before: Snapshot, after: Snapshot, title: str
    ) -> tuple[Call, ...]:
        """The operations of an index or a constraint, and a step for what they leave.

        None where they do not suffice.
        """
        statements = [*self._plan(before, after, online=True)]
        calls: list[Call] = []
        while statements:
            call, used = _operation(statements)
            if call is None:
                break
            calls.append(call)
            statements = statements[used:]
        if not calls or any(not each.transactional for each in statements):
            return ()
        if not statements:
            return tuple(calls)
        back = self._plan(after, before, online=False, inverse=True)
        return (*calls, *self._step(group, title, tuple(statements), back, before))

    def _plan(
        self, before: Snapshot, after: Snapshot, *, online: bool, inverse: bool = False
    ) -> Statements:
        hints = self.hints.inverse() if inverse else self.hints
        changes = compare(before, after, hints)
        planner = Planner(
            before,
            after,
            online=online,
            source_timezone=self.source_timezone,
            renamed=renamed_by(changes),
        )
        return planner.plan(changes)

    def _step(
        self,
        group: Group,
        title: str,
        forward: Statements,
        back: Statements,
        before: Snapshot,
    ) -> tuple[Call, ...]:
        if not forward:
            return ()
        created = tuple(
            ".".join(change.identity.path)
            for change in group.changes
            if change.kind == "table" and change.verb == "add"
        )
        sql, undo = script(forward, title), script(back, title)
        dropped = ";\n".join(
            f"DROP TABLE {qualified(*split(table))}" for table in reversed(created)
        )
        named: dict[str, Argument] = {
            "touches": touched(forward, before),
            "creates": created,
            "clears": tuple(_described(group)),
        }
        if undo != dropped or not created:
            named["back"] = undo or "SELECT"
        named = {name: value for name, value in named.items() if value}
        losses = dict.fromkeys(each.loses_data for each in forward if each.loses_data)
        notes = tuple(f"confirm: {loss} will be lost." for loss in losses)
        rewritten = dict.fromkeys(each.relation for each in forward if each.rewrites)
        there = [each for each in rewritten if Identity("table", names_in(each)) in before]
        notes += tuple(f"confirm: {each} is rewritten; nobody uses it meanwhile." for each in there)
        kept = [loss for each in back if (loss := each.loses_data)] if not created else []
        notes += tuple(f"confirm: a downgrade loses {loss}." for loss in dict.fromkeys(kept))
        return (Call("step", (title, sql), named, notes),)


def _renamed_tables(changes: Sequence[Change]) -> Sequence[tuple[str, str]]:
    """The tables that op.rename_table renames, "schema.table" before and after."""
    pairs = [
        (".".join(change.before.identity.path), ".".join(change.identity.path))
        for change in changes
        if change.kind == "table" and change.before is not None
    ]
    exchanged = {old for old, _ in pairs} & {new for _, new in pairs}
    if exchanged or any(change.kind == "schema" for change in changes):
        return ()
    return pairs


def _retired(group: Group, before: Snapshot, after: Snapshot) -> Call | None:
    """The operation for a constraint that goes and leaves its table; None where none is for it."""
    fact = before.facts.get(group.root)
    table = fact.parent if fact is not None else None
    if fact is None or table is None or group.root in after or table not in after:
        return None
    if fact.kind != "constraint" or any(
        each.kind not in _WITH_CONSTRAINT for each in group.changes
    ):
        return None
    payload, owner = fact.payload, before.facts[table].payload
    parted = any(owner.get(each) for each in ("partitioned_by", "is_partition", "inherits"))
    marked = any(payload[each] for each in ("attached_to", "clustered", "replica_identity"))
    if payload["type"] not in _RETIRED or table.kind != "table" or parted or marked:
        return None
    return Call("retire_constraint", (".".join(table.path), fact.identity.name))


def _described(group: Group) -> Iterator[str]:
    """What goes and may hang on a column, as pg_describe_object says it: some names unquoted."""
    for change in group.changes:
        if change.verb == "remove" and change.kind in _DESCRIBED:
            *place, name = change.identity.path
            if change.kind in _ON_TABLE:
                of = change.fact.parent
                what = "table" if of is None else of.kind
                yield f"{change.kind} {name} on {what} {qualified(*place)}"
            else:
                yield f"{_DESCRIBED[change.kind]} {qualified(*place, name)}"


def _operation(statements: Sequence[Statement]) -> tuple[Call | None, int]:
    """The operation that does what the first statements do, and how many of them."""
    first = statements[0]
    table = ".".join(names_in(first.relation))
    for unique in ("", "UNIQUE "):
        if not first.builds:
            break
        name = names_in(first.builds)[-1]
        head = f"CREATE {unique}INDEX CONCURRENTLY {identifier(name)} ON {first.relation} "
        if first.sql.startswith(head):
            definition = first.sql.removeprefix(head).removeprefix("USING btree ")
            named: Mapping[str, Argument] = {"unique": True} if unique else {}
            return Call("build_index", (name, table, definition), named), 1
    dropped = "DROP INDEX CONCURRENTLY "
    if first.sql.startswith(dropped):
        name = names_in(first.sql.removeprefix(dropped))[-1]
        return Call("retire_index", (name, table)), 1
    added = f"ALTER TABLE {first.relation} ADD CONSTRAINT "
    if first.sql.startswith(added) and first.sql.endswith(_NOT_VALID) and len(statements) > 1:
        rest = first.sql.removeprefix(added).removesuffix(_NOT_VALID)
        validated = f"ALTER TABLE {first.relation} VALIDATE CONSTRAINT "
        name = statements[1].sql.removeprefix(validated)
        if statements[1].sql.startswith(validated) and rest.startswith(f"{name} "):
            definition = rest.removeprefix(f"{name} ")
            return Call("add_constraint", (table, names_in(name)[-1], definition)), 2
    return None, 0
