"""`fleet plan`: the statements that would take one database to the target."""

from dataclasses import dataclass

from gnkmigrate.diff.settling import refuse
from gnkmigrate.fleet.result import Found
from gnkmigrate.fleet.subject import Subject
from gnkmigrate.plan.planned import Planned
from gnkmigrate.project_plan import plan_project


@dataclass(frozen=True)
class PlanRequest:
    """What `fleet plan` was told.

    Attributes:
        online: keep locks short.
    """

    online: bool = True


def run(subject: Subject, request: PlanRequest) -> Found:
    """How many statements are needed, and which."""
    planned = planned_for(subject, online=request.online)
    number = len(planned.statements)
    losing = sum(bool(each.loses_data) for each in planned.statements)
    text = f"{number} statement{'s' * (number != 1)}" if number else "nothing to do"
    return Found(
        state="pending" if number else "clean",
        text=f"{text}, {losing} of which lose data" if losing else text,
        traits=tuple(_trait(each.sql, subject.schema) for each in planned.statements),
        server_version=planned.source.server_version,
        numbers={"statements": number, "losing_data": losing},
    )


def planned_for(subject: Subject, *, online: bool) -> Planned:
    """The plan of one database.

    Raises:
        PossibleRename: data would be lost with what may only have another name.
    """
    subject.require_schema()
    return plan_project(
        subject.settings, subject.url, None, online=online, decide=refuse, load=subject.load
    )


def _trait(statement: str, schema: str) -> str:
    """A statement in words that are the same for every tenant."""
    return statement.replace(f"{schema}.", "") if schema else statement
