"""Everything that is looked at before a plan runs on a copy, and again afterwards."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gnkmigrate.postgres.connection import Connection, DatabaseUrl
from gnkmigrate.proof.new_names import under_new_names
from gnkmigrate.proof.objection import Objection
from gnkmigrate.proof.ownership import Open
from gnkmigrate.proof.plan_claims import Said
from gnkmigrate.proof.rows import Rows, compare_rows, read_rows
from gnkmigrate.proof.schema import Schema, schema
from gnkmigrate.proof.scope import Scope
from gnkmigrate.proof.sequences import Numbers, compare_numbers, read_numbers
from gnkmigrate.proof.target import Wanted
from gnkmigrate.proof.target_reached import unlike_target
from gnkmigrate.proof.views_and_functions import Answers, compare_answers, read_answers


@dataclass(frozen=True)
class Place:
    """The database that is looked at.

    Attributes:
        session: with it, for the observer alone; its search path is the project's.
        url: where it is.
        major: its server's major version.
        scope: what of its schema counts.
        source_timezone: the zone in which timestamps without one were written.
    """

    session: Connection
    url: DatabaseUrl
    major: int
    scope: Scope
    source_timezone: str = "UTC"


@dataclass(frozen=True)
class Seen:
    """What somebody has seen who has looked again.

    Attributes:
        objections: what is not as before.
        converted: columns whose values are others now, by their new type.
    """

    objections: tuple[Objection, ...]
    converted: Sequence[str]


@dataclass(frozen=True)
class Observer:
    """One who has looked at a database before a plan ran on it.

    Attributes:
        place: where.
        said: what the plan says that it does.
        schema, rows, numbers, answers: what there was.
    """

    place: Place
    said: Said
    schema: Schema
    rows: Rows
    numbers: Mapping[int, Numbers]
    answers: Answers

    @classmethod
    def at(cls, place: Place, said: Said) -> "Observer":
        """Looks at everything that there is now."""
        session = place.session
        return cls(
            place,
            said,
            schema(place.url, place.major, place.scope),
            read_rows(session, said),
            read_numbers(session),
            read_answers(session),
        )

    def look_again(self, wanted: Answers) -> Seen:
        """Looks whether everything is there that the plan does not name, and still answers.

        Args:
            wanted: what the views and functions of the target answer.
        """
        session, said = self.place.session, self.said
        rows = compare_rows(session, self.rows, said, self.place.source_timezone)
        now = read_answers(session)
        return Seen(
            (
                Objection(
                    "The plan runs on a copy of the live database, but not every row is as before.",
                    rows.problems,
                    "Look at triggers and rules of these tables, and at their generated columns.",
                ),
                Objection(
                    "The plan runs on a copy of the live database, but not every sequence goes on "
                    "from where it was.",
                    compare_numbers(session, self.numbers, said),
                ),
                Objection(
                    "The plan runs on a copy of the live database, but views or functions that "
                    "were there do not answer any more.",
                    [*compare_answers(self.answers, now, wanted, said)],
                    "Let the target have them as they are to be, or drop them there.",
                ),
            ),
            rows.converted,
        )

    def unlike_target(self, wanted: Wanted, open_: Open | None) -> Sequence[str]:
        """What pg_dump says only of what there is now, or only of the target, in lines.

        Args:
            wanted: the target.
            open_: what it leaves open; None where it is a database of its own.
        """
        before = under_new_names(self.schema, self.said)
        return unlike_target(self.place.url, wanted, before, open_)
