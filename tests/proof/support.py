"""A database, the project that means it to be otherwise, and what a proof says of the plan."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from gnkmigrate.backup.progress import Observer, ignore
from gnkmigrate.copies.sample import EVERYTHING, Selection
from gnkmigrate.diff.rename_options import read_renames
from gnkmigrate.kinds.statement import Statement
from gnkmigrate.plan.planned import Planned
from gnkmigrate.plan.proof import Proof
from gnkmigrate.postgres.connection import DatabaseUrl
from gnkmigrate.project_plan import plan_project
from gnkmigrate.proof.prove import prove
from gnkmigrate.settings import Settings


@dataclass(frozen=True)
class Project:
    """A live database, and a folder with a file for its target."""

    url: DatabaseUrl
    settings: Settings

    def planned(self, target: str, *renames: str) -> Planned:
        """The plan to a target in SQL."""
        self.settings.path(self.settings.target).write_text(target, encoding="utf-8")
        return plan_project(self.settings, self.url, None, renames=read_renames(renames))

    def proven(self, planned: Planned, selection: Selection = EVERYTHING) -> Proof:
        return prove(planned, self.settings, self.url, untold, selection)


def instead(planned: Planned, statements: Sequence[str]) -> Planned:
    """The plan of somebody careless, who knows at least when a table is written anew."""
    return replace(
        planned,
        statements=tuple(
            Statement(each, "It seems right.", rewrites=" TYPE " in each or "LOGGED" in each)
            for each in statements
        ),
    )


@contextmanager
def untold() -> Iterator[Observer]:
    yield ignore
