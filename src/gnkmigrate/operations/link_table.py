"""op.link_table: a table becomes an entity, and a link table of its own name."""

from gnkmigrate.errors import RevisionError
from gnkmigrate.operations.links import building, swap_steps
from gnkmigrate.operations.links.spec import Linking
from gnkmigrate.run.recorder import operation
from gnkmigrate.run.step import Step


@operation("link_table")
def link_table(linking: Linking, *, only: str = "") -> tuple[Step, ...]:
    """Splits a table that says for each link also what is linked into an entity and a link table.

    Entities are made, filled and kept in step while the application writes; so is the link table,
    behind the old one, whose place it takes in one short transaction. The old table goes to the
    archive, where it is kept as the old application knows it, until contract.

    Args:
        linking: what becomes of which column; see op.Linking.
        only: "entity" or "links" where each is a phase of its own; "" for both.

    Raises:
        RevisionError: `only` is something else.
    """
    if only not in {"", "entity", "links"}:
        raise RevisionError(f'only is "entity", "links" or "", and not "{only}".')
    return (
        *(building.steps(linking, alone=only == "entity") if only != "links" else ()),
        *(swap_steps.steps(linking, alone=only == "links") if only != "entity" else ()),
    )
