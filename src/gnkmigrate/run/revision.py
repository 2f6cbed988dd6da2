"""The phases of a project, read from the revisions in migrations/versions."""

import difflib
import hashlib
import pkgutil
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from pathlib import Path
from types import ModuleType

from alembic.script import Script, ScriptDirectory
from alembic.util import to_tuple

from gnkmigrate import operations
from gnkmigrate.errors import PhaseRefused, RevisionError
from gnkmigrate.run.counterparts import require_counterparts
from gnkmigrate.run.recorder import record
from gnkmigrate.run.step import Step

# The folder beside versions that has targets of the past.
TARGETS = "targets"
# And the one that has phases which run only when somebody asks for them by name.
OPTIONAL = "optional"


@dataclass(frozen=True)
class Phase:
    """A named, ordered, reversible part of the migration: one Alembic revision.

    Attributes:
        number: its place in the order, from 1.
        name: the revision's `phase`, or its revision id where it has none.
        title: the first line of the revision's docstring.
        revision: Alembic's revision id.
        file: the revision's file.
        checksum: SHA-256 of the file, in hexadecimal.
        search_path: the revision's own `search_path`; "" for the project's. A revision whose SQL
            qualifies every name says "pg_catalog, pg_temp": others may have functions in the
            project's schemas that fit the arguments better than PostgreSQL's own do (manual, 10.3).
        irreversible: the revision's own: why it cannot be taken back; "" where it can.
        target: the target that was kept for it, or for the next of the later revisions that has
            one; None where the project's is still that.
        branch: the Alembic branch label of an optional phase; "" for one of the core.
        needs: the revisions that have to be in force before it: down_revision and depends_on.
        after_contract: the revision's own: whether no old shape may be kept when it runs.
    """

    number: int
    name: str
    title: str
    revision: str
    down_revision: str | None
    file: Path
    checksum: str
    upgrade: Callable[[], None]
    downgrade: Callable[[], None]
    search_path: str = ""
    irreversible: str = ""
    target: Path | None = None
    branch: str = ""
    needs: tuple[str, ...] = ()
    after_contract: bool = False

    @property
    def optional(self) -> bool:
        """Whether it runs only when somebody asks for it by name."""
        return bool(self.branch)

    @cached_property
    def up_steps(self) -> tuple[Step, ...]:
        return record(self.upgrade)

    @cached_property
    def down_steps(self) -> tuple[Step, ...]:
        return record(self.downgrade, self.up_steps)

    @property
    def outlives_contract(self) -> bool:
        """Whether it can be taken back after contract, which an optional phase may."""
        return self.optional and all(
            step.outlives_contract for step in self.up_steps if step.changes
        )

    @property
    def tables(self) -> tuple[str, ...]:
        """Tables that its steps read whole or lock, "schema.table"."""
        steps = (*self.up_steps, *self.down_steps)
        return tuple(sorted({table for step in steps for table in step.tables}))


def load_operations() -> None:
    """Registers every op.* of the folder operations/."""
    for module in pkgutil.iter_modules(operations.__path__):
        import_module(f"{operations.__name__}.{module.name}")


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
        with warnings.catch_warnings():
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


def core_of(phases: Sequence[Phase]) -> tuple[Phase, ...]:
    """Those that an upgrade runs by itself."""
    return tuple(phase for phase in phases if not phase.optional)


def needed_by(phase: Phase, phases: Sequence[Phase]) -> frozenset[str]:
    """The revisions without which a phase cannot be, those that these need among them."""
    by_revision = {each.revision: each for each in phases}
    found: set[str] = set()
    open_ = list(phase.needs)
    while open_:
        revision = open_.pop()
        if revision not in found and revision in by_revision:
            found.add(revision)
            open_ += by_revision[revision].needs
    return frozenset(found)


def read_steps(phases: Sequence[Phase]) -> Sequence[tuple[Step, ...]]:
    """Asks every revision for its steps, which the phases keep.

    Raises:
        RevisionError: a revision's upgrade() or downgrade() fails, or the one does not take back
            what the other does.
    """
    for phase in phases:
        require_counterparts(phase, phase.irreversible)
    return [steps for phase in phases for steps in (phase.up_steps, phase.down_steps)]


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


def find_phase(phases: Sequence[Phase], wanted: str) -> Phase:
    """The phase of this name or number.

    Raises:
        PhaseRefused: there is none; the message suggests the nearest.
    """
    for phase in phases:
        if wanted in {phase.name, str(phase.number), phase.revision}:
            return phase
    names = [phase.name for phase in phases]
    nearest = difflib.get_close_matches(wanted, names, n=1, cutoff=0.4)
    raise PhaseRefused(
        f'There is no phase "{wanted}".',
        details=[f"{phase.number} {phase.name}: {phase.title}" for phase in phases],
        hint=f'Did you mean "{nearest[0]}"?' if nearest else "Take one of these.",
    )
