"""The calls of a whole revision, from what differs to what takes it back."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from gnkmigrate.authoring.calls import Argument, Call, quoted
from gnkmigrate.authoring.columns import ColumnChange
from gnkmigrate.authoring.groups import grouped
from gnkmigrate.authoring.guards import guards
from gnkmigrate.authoring.mapping import mapping, renaming
from gnkmigrate.authoring.planned import Writer
from gnkmigrate.authoring.splits import seems_split
from gnkmigrate.authoring.workflow import Course, applied
from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.change import Change


def draft(
    course: Course,
    writer: Writer,
    guessed: Mapping[Identity, str],
    reshaped: Sequence[Call] = (),
) -> tuple[Call, ...]:
    """All calls of a revision, in their order.

    Args:
        course: what is to be done, and when.
        writer: writes what is planned.
        guessed: why columns of the source were taken for others of the target, by the old ones.
        reshaped: the calls of what is no part of the course, which columns make room for as well.

    Raises:
        Unplannable: no statements do a part of it, or take it back.
        NotWritable: a statement cannot stand in a revision.
    """
    middle = (
        *_conversions(course, guessed),
        *reshaped,
        *_archived(course),
        *_added(course),
        *(each.call for each in course.exchanged),
    )
    return tuple(
        _with_names(
            [
                *guards(course),
                *_planned(course.first, course.source, writer, "without "),
                *_planned(course.needed, applied(course.source, course.first), writer),
                *middle,
                *_planned(course.last, course.converted_to, writer),
                *_planned(
                    course.afterwards, applied(course.converted_to, course.last), writer, "without "
                ),
            ]
        )
    )


def _planned(
    changes: Sequence[Change], state: Snapshot, writer: Writer, prefix: str = ""
) -> Iterator[Call]:
    ends = applied(state, changes)
    for group in grouped(changes, state, ends):
        after = applied(state, group.changes)
        is_part = group.root.kind == "table" and not group.is_whole
        about = f"changes of {'.'.join(group.root.path)}" if is_part else str(group.root)
        yield from writer.calls(group, state, after, f"{prefix}{about}")
        state = after


def _conversions(course: Course, guessed: Mapping[Identity, str]) -> Iterator[Call]:
    converted: dict[Identity, list[ColumnChange]] = {}
    for column in course.converted:
        converted.setdefault(column.table, []).append(column)
    dropped: dict[Identity, list[Fact]] = {}
    for fact in course.dropped:
        dropped.setdefault(Identity("table", fact.identity.path[:-1]), []).append(fact)
    keys = [column.table for each in course.widened for column in each.columns]
    for table in dict.fromkeys((*converted, *dropped, *keys)):
        yield Call("keep_shape", (".".join(table.path),))
    for table, columns in converted.items():
        yield _of_table(".".join(table.path), columns, course, guessed)
    yield from (each.call for each in course.widened)
    for table, facts in dropped.items():
        names = tuple(fact.identity.name for fact in facts)
        notes = (*_valueless(facts, course), *seems_split(table, facts, course))
        yield Call("drop_columns", (".".join(table.path), names), notes=notes)


def _added(course: Course) -> Iterator[Call]:
    by_table: dict[Identity, list[Call]] = {}
    for fact in course.added:
        default = course.target.get("default", *fact.identity.path)
        named: dict[str, Argument] = {}
        if default is not None:
            named["default"] = str(default.payload["expression"])
        if fact.payload["not_null"]:
            named["not_null"] = True
        table = Identity("table", fact.identity.path[:-1])
        call = Call("new", (fact.identity.name, str(fact.payload["type"])), named)
        by_table.setdefault(table, []).append(call)
    for table, columns in by_table.items():
        yield Call("add_columns", (".".join(table.path), tuple(columns)))


def _valueless(columns: Sequence[Fact], course: Course) -> Iterator[str]:
    """What the author has to say of columns that go, and have no value by themselves."""
    for fact in columns:
        default = course.source.get("default", *fact.identity.path)
        if fact.payload["not_null"] and default is None:
            name = fact.identity.name
            yield (
                f"confirm: {name} is NOT NULL. Say what it has, for the old application, in rows "
                f"of the new one: fallback={{{quoted(name)}: 'SQL'}}."
            )


def _of_table(
    table: str, columns: Sequence[ColumnChange], course: Course, guessed: Mapping[Identity, str]
) -> Call:
    """The columns of a table change in one call."""
    whys = {each.before.identity.name: guessed.get(each.before.identity, "") for each in columns}
    if not any(each.is_declared_anew for each in columns):
        names = {each.before.identity.name: each.after.identity.name for each in columns}
        notes = [renaming(name, names[name], why) for name, why in whys.items() if why]
        return Call("rename_columns", (table, names), notes=tuple(notes))
    mappings = tuple(
        mapping(each, course.source, course.target, whys[each.before.identity.name])
        for each in columns
    )
    return Call("convert_columns", (table,), {"conversions": mappings})


def _archived(course: Course) -> Iterator[Call]:
    for change in course.archived:
        retyped = (each.before for each in course.converted if each.is_retyped)
        columns = (*retyped, *course.dropped, *course.held)
        users = tuple(
            ".".join(fact.identity.path) for fact in columns if change.identity in fact.depends_on
        )
        yield Call("archive_type", (".".join(change.identity.path), users))


def _with_names(calls: Sequence[Call]) -> Iterator[Call]:
    """The calls with names of their own for all steps."""
    seen: dict[object, int] = {}
    for call in calls:
        if call.function == "step":
            title = call.arguments[0]
            seen[title] = seen.get(title, 0) + 1
            if seen[title] > 1:
                call = replace(  # noqa: PLW2901
                    call, arguments=(f"{title} ({seen[title]})", *call.arguments[1:])
                )
        yield call
