"""`gnkmigrate typeorm entities`: the target becomes a folder of entity classes."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from gnkmigrate.errors import OrmError
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.facts.source import load_schema
from gnkmigrate.orm.typeorm.files import write
from gnkmigrate.orm.typeorm.keys import address
from gnkmigrate.orm.typeorm.model import Model
from gnkmigrate.orm.typeorm.reading import read
from gnkmigrate.orm.typeorm.render import MARK, render
from gnkmigrate.settings import Settings


@dataclass(frozen=True)
class Written:
    """What was written.

    Attributes:
        model: what TypeORM is told, and what it is not.
        stale: files of an earlier time that were not written now, and are still there.
    """

    model: Model
    stale: tuple[str, ...]


def write_entities(settings: Settings, source: str | None, folder: Path) -> Written:
    """Writes the entities of a target.

    Args:
        settings: the project's.
        source: the target, if not the settings'.
        folder: where to.

    Raises:
        OrmError: there is no table to write an entity for, the settings name a relation that is
            none, or the folder cannot be written.
        SchemaError, ConnectionFailed, ServerUnavailable: the target cannot be read.
    """
    model = read(load_target(settings, source), given=settings.typeorm.relations)
    if not model.entities:
        raise OrmError(
            "The target has no table with a primary key, which TypeORM asks of an entity.",
            details=[str(limit) for limit in model.limits],
        )
    if source is None:  # of another target the settings may name what it lacks
        _require_known(settings.typeorm.relations, model)
    return Written(model, write(folder, render(model), MARK))


def _require_known(named: Iterable[str], model: Model) -> None:
    known = sorted(
        address(entity.table, (column for column, _ in relation.columns))
        for entity in model.entities
        for relation in entity.relations
    )
    if unknown := sorted({*named} - {*known}):
        raise OrmError(
            "typeorm.relations of the settings names what is no foreign key between two entities.",
            details=unknown,
            hint=f"Those of the target are: {', '.join(known) or 'none'}.",
        )


def load_target(settings: Settings, source: str | None) -> Snapshot:
    """The facts of the target, the settings' where no other is given."""
    return load_schema(source or settings.target_source, settings)
