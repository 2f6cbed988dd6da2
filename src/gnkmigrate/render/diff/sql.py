"""Changes as a SQL script that takes the source to the target."""

from gnkmigrate.diff.compared import Compared
from gnkmigrate.plan.planner import plan
from gnkmigrate.render.parts.script import write_script
from gnkmigrate.render.parts.view import View


def render(compared: Compared, view: View) -> str:
    """The script.

    Raises:
        Unplannable: no statements close one of the differences.
    """
    del view
    statements = plan(
        compared.changes,
        compared.source,
        compared.target,
        source_timezone=compared.source_timezone,
    )
    names = (compared.source_name, compared.target_name)
    return write_script(statements, *names, omitted=compared.not_compared)
