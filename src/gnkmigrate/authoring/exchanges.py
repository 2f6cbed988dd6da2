"""Foreign keys that change in their actions alone: never a moment of neither."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gnkmigrate.authoring.calls import Argument, Call
from gnkmigrate.diff.renames import renamed_by
from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.change import Change
from gnkmigrate.postgres.quoting import listing, qualified


@dataclass(frozen=True)
class Exchange:
    """One foreign key.

    Attributes:
        before: as it is.
        after: as it shall be, perhaps under another name.
    """

    before: Fact
    after: Fact

    def brings_about(self, change: Change) -> bool:
        facts = (change.before, change.after)
        mine = (self.before.identity, self.after.identity)
        return any(fact is not None and fact.identity in mine for fact in facts)

    @property
    def call(self) -> Call:
        """The operation that does it."""
        table = self.after.identity.path[:-1]
        references = _references(self.after.payload)
        actions = str(self.after.payload["definition"]).removeprefix(references).strip()
        arguments: Sequence[Argument] = (references, actions)
        return Call("replace_foreign_key", (".".join(table), self.after.identity.name, *arguments))


def exchanges(
    changes: Sequence[Change], moved: Mapping[Identity, Fact], source: Snapshot, target: Snapshot
) -> Iterator[Exchange]:
    """Those that op.replace_foreign_key does.

    Args:
        changes: all that there are.
        moved: what makes way for something else.
        source: the database as it is.
        target: as it shall be.
    """
    back = {new: old for old, new in renamed_by(changes).items()}
    for change in changes:
        old = back.get(change.identity, change.identity)
        if change.kind == "constraint" and change.verb == "alter" and old not in moved:
            before, after = source.facts[old], target.facts[change.identity]
            if before.parent == after.parent and _differ_in_actions(before.payload, after.payload):
                yield Exchange(before, after)


def _differ_in_actions(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    if not before["references"] or not (before["validated"] and after["validated"]):
        return False
    others = before.keys() - {"definition", "columns", "references"}
    return (
        _references(before) == _references(after)
        and all(before[name] == after[name] for name in others)
        and all(str(each["definition"]).startswith(_references(each)) for each in (before, after))
    )


def _references(payload: Mapping[str, Any]) -> str:
    """What the two have in common: whose columns refer to which."""
    to = payload["references"]
    if not to:
        return ""
    columns, keys = listing(payload["columns"]), listing(to["columns"])
    return f"FOREIGN KEY ({columns}) REFERENCES {qualified(to['schema'], to['table'])}({keys})"
