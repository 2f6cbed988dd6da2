"""A plan as the JSON document that `gnkmigrate apply` reads."""

from gnkmigrate.plan.document import write_plan
from gnkmigrate.plan.planned import Planned
from gnkmigrate.render.parts.view import View


def render(planned: Planned, view: View) -> str:
    """The document; `plan.document` says what is in it, since it is read there again."""
    del view
    return write_plan(planned)
