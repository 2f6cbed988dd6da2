"""A plan as a SQL script for psql."""

from gnkmigrate.plan.planned import Planned
from gnkmigrate.render.parts.script import write_script
from gnkmigrate.render.parts.view import View


def render(planned: Planned, view: View) -> str:
    """The script, with what each statement does as comments."""
    del view
    return write_script(
        planned.statements,
        planned.source_name,
        planned.target_name,
        planned.proof,
        planned.not_compared,
        planned.code,
    )
