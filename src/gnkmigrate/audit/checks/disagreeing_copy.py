"""A copy that the target gives up, and that says something else than its original.

A column such as user_email beside a foreign key to users, which have an email, is a copy. Where the
target has no such column, the copy goes; what it says in rows where it differs from its original is
then lost, and in some of them it may be the copy that is right.

Source: PostgreSQL manual, ALTER TABLE (DROP COLUMN); 9.2 (IS DISTINCT FROM).
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import DataCheck, Gaps, Probe
from gnkmigrate.audit.checks._keys import ForeignKey, foreign_keys
from gnkmigrate.audit.checks._names import plain, stems
from gnkmigrate.audit.checks._rows import LiveTable, beside, live_table
from gnkmigrate.audit.checks._style import kind_of_values
from gnkmigrate.audit.describe import object_of
from gnkmigrate.audit.finding import Severity
from gnkmigrate.facts.fact import Fact
from gnkmigrate.kinds.change import Change
from gnkmigrate.postgres.quoting import identifier, qualified


def probes(gaps: Gaps) -> Iterator[Probe]:
    keys: dict[object, list[ForeignKey]] = {}
    for key in foreign_keys(gaps.live):
        keys.setdefault(key.table, []).append(key)
    for change in gaps.changes:
        copy = change.before
        if change.verb != "remove" or copy is None or copy.kind != "column":
            continue
        rows = live_table(gaps, copy.parent) if copy.parent is not None else None
        for key in keys.get(copy.parent, ()) if rows is not None else ():
            original = _original(copy, key, gaps)
            if rows is not None and original is not None:
                yield _probe(change, key, rows, original, gaps)


def _original(copy: Fact, key: ForeignKey, gaps: Gaps) -> Fact | None:
    """The column that a column is named after, in the table that the key refers to."""
    for column in gaps.live.children(key.referenced, "column"):
        names = {stem + plain(column.identity.name) for stem in stems(key.referenced.name)}
        named_after = plain(copy.identity.name) in names
        is_key = copy.identity.name in key.columns
        kinds = {kind_of_values(each, gaps.live) for each in (column, copy)}
        if named_after and not is_key and len(kinds) == 1:
            return column
    return None


def _probe(change: Change, key: ForeignKey, rows: LiveTable, original: Fact, gaps: Gaps) -> Probe:
    about = object_of(change.fact)
    copy = f"live.{identifier(change.identity.name)}"
    there = object_of(original).label(gaps.default_schema)
    match = " AND ".join(
        f"original.{identifier(other)} = live.{identifier(name)}"
        for name, other in zip(key.columns, key.others, strict=True)
    )
    what = f"of {about.label(gaps.default_schema)}"
    return Probe(
        about,
        change,
        beside("disagreeing_copy").format(
            key=rows.key,
            rows=rows.rows,
            original=qualified(*key.referenced.path),
            match=match,
            copy=copy,
            value=f"original.{identifier(original.identity.name)}",
        ),
        one=f"One value {what} differs from {there}, which the target keeps alone.",
        many=f"COUNT values {what} differ from {there}, which the target keeps alone.",
        table=rows.table,
        hidden=rows.hidden,
        subject=f"{change.identity.name} of {key.referenced.name}",
    )


CHECK = DataCheck(
    id="GNK-D012",
    slug="disagreeing-copy",
    title="Copies that go say what their originals say",
    severity=Severity.MEDIUM,
    impact="What the copies say is lost, and some of them may be right.",
    recommendation="Decide row by row which is right, or keep the copies aside.",
    probes=probes,
)
