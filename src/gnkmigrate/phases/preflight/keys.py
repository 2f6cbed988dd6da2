"""A key tells rows apart, and its values do not change in the phase."""

from collections.abc import Iterator

from gnkmigrate.phases import row_key
from gnkmigrate.phases.preflight.asked import Asked
from gnkmigrate.phases.residue import is_plain
from gnkmigrate.phases.shadow import NEVER
from gnkmigrate.phases.step import Refusal
from gnkmigrate.postgres.quoting import qualified


def refusals(asked: Asked) -> Iterator[Refusal]:
    """A key that is none, or under whose values originals could not be found again."""
    keyless = row_key.refusals(asked.work, asked.table, asked.key, exactly=True)
    yield from keyless
    if keyless:
        return
    key = asked.key or row_key.keys_of(asked.facts, asked.table)[0]
    types = {
        fact.identity.name: str(fact.payload["type"])
        for fact in asked.facts.children(asked.identity, "column")
    }
    labels = {qualified(*fact.identity.path) for fact in asked.facts.of_kind("enum")}
    unlike = [
        f"{name} {types[name]}"
        for name in key
        if name in types and not (is_plain(types[name]) or types[name] in labels)
    ]
    changing = sorted(asked.rewritten.intersection(key))
    keeping = any(
        change.lossy != NEVER for change in asked.conversions if change.column in asked.rewritten
    )
    if unlike and keeping:
        yield Refusal(
            f"Originals of {asked.table} cannot be kept under a key whose text is another in each "
            "session.",
            unlike,
            len(unlike),
            "Name another key of the table, of numbers, texts or UUIDs.",
        )
    if changing and keeping:
        yield Refusal(
            f"Columns of the key of {asked.table} are converted, under which originals are kept.",
            changing,
            len(changing),
            "Name another key of the table, or convert them in a revision of their own, with "
            'lossy="false".',
        )
