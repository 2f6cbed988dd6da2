"""Columns that may only have another name, or refer to what they said: guesses, for the author."""

import re
from collections.abc import Iterator, Mapping, Sequence

from gnkmigrate.diff.likely_renames import Likely
from gnkmigrate.diff.renames import Renames
from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.types import STRINGS, Type

_COLUMN = "column"
_BETWEEN = re.compile(r"[\W_]+")


def guessed_columns(
    changes: Sequence[Change], source: Snapshot, target: Snapshot, hints: Renames
) -> tuple[Likely, ...]:
    """Columns of one table of which one goes and another comes, and which may be the same.

    A text may become the key of the row that it names, and whatever is the only one of its type
    may have another name. Where most that go have no partner, the table is of another design, and
    no type says anything.

    Args:
        changes: as `compare` returned them.
        source: what was compared.
        target: with what.
        hints: what the user has said already; it is not asked again.
    """
    removed, added = _by_table(changes, "remove"), _by_table(changes, "add")
    found: list[Likely] = []
    for table, gone in removed.items():
        if table not in source or table not in target:
            continue
        old = [fact for fact in gone if fact.identity not in hints.gone]
        new = added.get(table, [])
        references = [*_references(old, new, source, target)]
        taken = {identity for pair in references for identity in pair[:2]}
        left = [fact for fact in old if fact.identity not in taken]
        alike = [*_of_one_type(left, [fact for fact in new if fact.identity not in taken])]
        pairs = references + (alike if 2 * len(alike) >= len(left) else [])
        found += [*pairs, *_of_one_stem(pairs, old, new)]
    return tuple(found)


def _by_table(changes: Sequence[Change], verb: str) -> Mapping[Identity, list[Fact]]:
    found: dict[Identity, list[Fact]] = {}
    for change in changes:
        if change.kind == _COLUMN and change.verb == verb and change.fact.parent is not None:
            found.setdefault(change.fact.parent, []).append(change.fact)
    return found


def _references(
    old: Sequence[Fact], new: Sequence[Fact], source: Snapshot, target: Snapshot
) -> Iterator[Likely]:
    """Texts that may say which row of another table is meant; a new table has none yet."""
    texts = [fact for fact in old if Type.parse(fact.payload["type"]).name in STRINGS]
    for after in new:
        key = foreign_key_of(after, target)
        named = [fact for fact in texts if words(fact.identity.name) & words(after.identity.name)]
        if key is None or len(named) != 1:
            continue
        to = key.payload["references"]
        if Identity("table", (to["schema"], to["table"])) in source:
            why = f"a text may name the row of {to['schema']}.{to['table']}"
            yield Likely(named[0].identity, after.identity, why)


def foreign_key_of(column: Fact, snapshot: Snapshot) -> Fact | None:
    """The foreign key that is of this column alone."""
    if column.parent is None:
        return None
    for each in snapshot.children(column.parent, "constraint"):
        payload = each.payload
        if payload["type"] == "foreign key" and [*payload["columns"]] == [column.identity.name]:
            return each
    return None


def _of_one_type(old: Sequence[Fact], new: Sequence[Fact]) -> Iterator[Likely]:
    for before in old:
        alike = [fact for fact in new if fact.is_alike(before)]
        others = [fact for fact in old if fact.is_alike(before)]
        if len(alike) == len(others) == 1 and not _belongs_to_others(before, alike[0], old, new):
            why = f"they are the only {before.payload['type']} that goes and comes"
            yield Likely(before.identity, alike[0].identity, why)


def _belongs_to_others(before: Fact, after: Fact, old: Sequence[Fact], new: Sequence[Fact]) -> bool:
    """Whether a name says that one of the two goes with another column, whatever its type."""
    gone, comes = words(before.identity.name), words(after.identity.name)
    if gone & comes:
        return False
    return any(comes & words(each.identity.name) for each in old) or any(
        gone & words(each.identity.name) for each in new
    )


def _of_one_stem(
    pairs: Sequence[Likely], old: Sequence[Fact], new: Sequence[Fact]
) -> Iterator[Likely]:
    """What begins as a column with another name did and does: both halves of a polymorphic key."""
    taken = {identity for pair in pairs for identity in (pair.old, pair.new)}
    there = {fact.identity.name: fact.identity for fact in new if fact.identity not in taken}
    left = [fact.identity for fact in old if fact.identity not in taken]
    for pair in pairs:
        stem, stem_now = _stems(pair.old.name, pair.new.name)
        for identity in left:
            now = there.get(stem_now + identity.name.removeprefix(stem))
            if stem and identity.name.startswith(stem) and now is not None:
                yield Likely(identity, now, f"{pair.old.name} becomes {pair.new.name} as well")


def _stems(old: str, new: str) -> tuple[str, str]:
    """Two names up to where they end alike, from an underscore on; "" where they do not."""
    ends = (old[place:] for place, mark in enumerate(old) if mark == "_")
    end = next((each for each in ends if new.endswith(each) and each not in {old, new}), "")
    return (old.removesuffix(end), new.removesuffix(end)) if end else ("", "")


def words(name: str) -> frozenset[str]:
    """The words of a name, whichever custom it follows: "customerEmail", "customer e-mail"."""
    apart = "".join(f" {letter}" if letter.isupper() else letter for letter in name)
    return frozenset(_BETWEEN.split(apart.lower())) - {"", "id"}
