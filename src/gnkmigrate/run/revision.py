"""The phases of a project, read from the revisions in migrations/versions."""

import hashlib
import pkgutil
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import ModuleType

from alembic.script import Script, ScriptDirectory
from alembic.util import to_tuple

from gnkmigrate.errors import RevisionError
from gnkmigrate.run.phase import Phase

# The folder beside versions that has targets of the past.
TARGETS = "targets"
# And the one that has phases which run only when somebody asks for them by name.
OPTIONAL = "optional"
# The room in which operations are found by being there, as plug-ins are.
OPERATIONS = "gnkmigrate.operations"


def load_operations() -> None:
    """Registers every op.* of the folder operations/, which nothing here knows by name."""
    for module in pkgutil.iter_modules(import_module(OPERATIONS).__path__):
        import_module(f"{OPERATIONS}.{module.name}")


def load_phases(migrations: Path) -> tuple[Phase, ...]:
    """The phases of the core in their order.

    Raises:
        RevisionError: there is no Alembic environment, a file cannot be imported, the history
            branches, or two phases have one name.
    """
    return tuple(phase for phase in load_all_phases(migrations) if not phase.optional)


def load_all_phases(migrations: Path) -> tuple[Phase, ...]:
    """The phases of the core in their order, and after them the optional ones.

    Raises:
        RevisionError: as for `load_phases`; or an optional phase has no branch label, or needs
            what there is not.
    """
    versions, optional = migrations / "versions", migrations / OPTIONAL
    if not versions.is_dir():
        raise RevisionError(
            f"There are no revisions in {migrations}: the folder versions is missing.",
            hint="Write a project with gnkmigrate init, or set `migrations` in gnkmigrate.toml to "
            "the folder that holds env.py.",
        )
    load_operations()
    try:
        with warnings.catch_warnings(), _as_it_is():
            warnings.simplefilter("error")  # a down_revision that does not exist is one
            core = _scripts(migrations, versions)
            heads = core.get_heads()
            scripts = [*core.walk_revisions()][::-1] if len(heads) == 1 else []
            beside = _beside(migrations, versions, optional) if optional.is_dir() else []
    except Exception as error:  # importing a revision runs the user's code
        raise RevisionError(
            f"The revisions in {migrations} cannot be read: {error}",
            hint="Correct the file named, or take it back from version control.",
        ) from error
    if len(heads) > 1:
        raise RevisionError(
            f"The revisions in {migrations} have {len(heads)} heads: {', '.join(sorted(heads))}.",
            hint="Phases run one after another: give each revision another down_revision. One that "
            f"is not for everybody is optional: its file goes to the folder {OPTIONAL}.",
        )
    targets = _kept_targets(migrations, [script.revision for script in reversed(scripts)])
    ordered = [*scripts, *_in_order(beside)]
    phases = [_phase(number, script, targets) for number, script in enumerate(ordered, start=1)]
    _require_unique_names(phases)
    _require_known_needs(phases)
    return tuple(phases)


@contextmanager
def _as_it_is() -> Iterator[None]:
    """Keeps no byte code of revisions: it counts for one that was edited within the same second."""
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        yield
    finally:
        sys.dont_write_bytecode = before


def _scripts(migrations: Path, *places: Path) -> ScriptDirectory:
    return ScriptDirectory(str(migrations), version_locations=[str(place) for place in places])


def _beside(migrations: Path, versions: Path, optional: Path) -> Sequence[Script]:
    """The revisions of the folder of optional ones, which may need those of the core."""
    found = _scripts(migrations, versions, optional).walk_revisions()
    return [script for script in found if Path(script.path).parent.name == OPTIONAL]


def _phase(number: int, script: Script, targets: Mapping[str, Path | None]) -> Phase:
    file, module, down = Path(script.path), script.module, script.down_revision
    if isinstance(down, tuple | list):
        raise RevisionError(f"{file} joins several revisions; phases run one after another.")
    return Phase(
        number=number,
        name=getattr(module, "phase", script.revision),
        title=(script.doc or "").splitlines()[0] if script.doc else "",
        revision=script.revision,
        down_revision=down,
        file=file,
        checksum=hashlib.sha256(file.read_bytes()).hexdigest(),
        upgrade=_function(module, "upgrade"),
        downgrade=_function(module, "downgrade"),
        search_path=getattr(module, "search_path", ""),
        irreversible=getattr(module, "irreversible", ""),
        target=targets.get(script.revision),
        branch="" if script.revision in targets else _branch(script),
        needs=needs_of(script),
        after_contract=getattr(module, "after_contract", False),
    )


def needs_of(script: Script) -> tuple[str, ...]:
    """The revisions that Alembic runs before this one: down_revision and depends_on."""
    given = (script.down_revision, script.dependencies)
    return tuple(each for one in given for each in to_tuple(one, default=()))


def _branch(script: Script) -> str:
    """The branch label of an optional revision.

    Raises:
        RevisionError: it has none, or several.
    """
    labels = sorted(script.branch_labels)
    if len(labels) != 1:
        raise RevisionError(
            f"{script.path} is optional and has no branch label.",
            hint='Call the branch, such as branch_labels = ("search",), with down_revision = None '
            "and depends_on the revision that it needs.",
        )
    return labels[0]


def _in_order(scripts: Sequence[Script]) -> Sequence[Script]:
    """Optional revisions by their files' names, none before one that it needs."""
    left = {script.revision: script for script in sorted(scripts, key=lambda each: each.path)}
    found: list[Script] = []

    def take(script: Script) -> None:
        for needed in needs_of(script):
            if needed in left:
                take(left.pop(needed))
        found.append(script)

    while left:
        take(left.pop(next(iter(left))))
    return found


def _kept_targets(migrations: Path, revisions: Sequence[str]) -> Mapping[str, Path | None]:
    """The targets that were kept before they changed, by revision; the last revision comes first.

    Raises:
        RevisionError: one is kept for a revision that there is not.
    """
    files = {file.stem: file for file in (migrations / TARGETS).glob("*.sql")}
    strangers = sorted(str(file) for name, file in files.items() if name not in revisions)
    if strangers:
        raise RevisionError(
            "Targets are kept for revisions that are not there.",
            details=strangers,
            hint=f"Call each file in {TARGETS} after the last revision that is written for it.",
        )
    found: dict[str, Path | None] = {}
    kept: Path | None = None
    for revision in revisions:
        kept = files.get(revision, kept)
        found[revision] = kept
    return found


def _function(module: ModuleType, name: str) -> Callable[[], None]:
    function: Callable[[], None] | None = getattr(module, name, None)
    if function is None:
        raise RevisionError(
            f"{module.__file__} has no function {name}().",
            hint=f"Write one, if only with pass: def {name}() -> None.",
        )
    return function


def _require_unique_names(phases: Sequence[Phase]) -> None:
    seen: dict[str, Phase] = {}
    for phase in phases:
        if phase.name in seen:
            raise RevisionError(
                f'{seen[phase.name].file.name} and {phase.file.name} both call their phase "'
                f'{phase.name}".',
                hint="Give each revision its own `phase`.",
            )
        seen[phase.name] = phase


def _require_known_needs(phases: Sequence[Phase]) -> None:
    known = {phase.revision for phase in phases}
    for phase in phases:
        if unknown := [needed for needed in phase.needs if needed not in known]:
            raise RevisionError(
                f"{phase.file.name} depends on {', '.join(unknown)}, which is no revision's id.",
                hint="Write the whole id of the revision into depends_on.",
            )
