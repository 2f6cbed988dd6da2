"""Names in which a placeholder of a revision's SQL would be replaced."""

import re
from collections.abc import Iterator

from gnkmigrate.operations.preflight.asked import Asked
from gnkmigrate.run.step import Refusal

# Such as :column, :batch and :'timezone'; see template.py and conversion.py.
_PLACEHOLDER = re.compile(r":['\"]?[a-z_]")


def refusals(asked: Asked) -> Iterator[Refusal]:
    """Names of the table and its columns that hold what looks like one."""
    columns = asked.facts.children(asked.identity, "column")
    names = [*asked.identity.path, *(fact.identity.name for fact in columns)]
    odd = [name for name in names if _PLACEHOLDER.search(name)]
    if odd:
        yield Refusal(
            f"Names in {asked.table} would be taken for placeholders.",
            odd,
            len(odd),
            "Rename them before the phase, and back after it.",
        )
