"""A plan as a JSON document, and back: docs/plan.md describes it.

It knows which database it was made for by the hash of that database's facts, so that nobody runs
it on a database that has changed since, and how that database was read.
"""

from dataclasses import asdict
from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel, ValidationError

from gnkmigrate import __version__
from gnkmigrate.diff.omitted import entries
from gnkmigrate.errors import GnkMigrateError
from gnkmigrate.facts.fact import content_hash
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.statement import Rows, Statement, Statements
from gnkmigrate.plan.planned import Planned
from gnkmigrate.plan.summary import Summary, summarise
from gnkmigrate.validation import problems

VERSION: Final = 3
_HINT = "Make one with: gnkmigrate plan --format json --output plan.json"


class PlanUnreadable(GnkMigrateError):
    """A file does not hold a plan."""


class SideDocument(BaseModel, extra="forbid"):
    """A schema as the plan knows it; `facts` is the hash of all its facts, `role` read them."""

    name: str
    server_version: int
    role: str
    facts: str


class SummaryDocument(BaseModel, extra="forbid"):
    """The plan in numbers; see `Summary`."""

    statements: int
    rewrites: int
    scans: int
    outside_transaction: int
    loses_data: list[str]


class StatementDocument(BaseModel, extra="forbid"):
    """One statement; see `Statement`."""

    sql: str
    reason: str
    lock: str
    relation: str
    rewrites: bool
    scans: bool
    loses_data: str
    transactional: bool
    builds: str
    beside: tuple[tuple[str, str], ...] = ()
    is_several: bool = False
    stops_at: tuple[Rows, ...] = ()

    def statement(self) -> Statement:
        return Statement(**self.model_dump())


class ProofDocument(BaseModel, extra="forbid"):
    """What running the plan on a copy has shown; see `Proof`."""

    seconds: list[float]
    rows: int
    live_rows: int
    server_version: int
    provider: str
    not_compared: list[str] = []
    remarks: list[str] = []


class UnreadDocument(BaseModel, extra="forbid"):
    """What was not compared; see `Unread`."""

    kind: str
    names: list[str]
    count: int
    reason: str
    on_purpose: bool


class UndoDocument(BaseModel, extra="forbid"):
    """The way back; see `Undo`."""

    statements: list[StatementDocument]
    not_restored: list[str]
    impossible: str
    exact: bool


class SessionDocument(BaseModel, extra="forbid"):
    """How the database was read, and the session in which the statements run.

    `schemas` is null where all were read; `roles` says whether roles were, too. `role` has to run
    the statements, since it is to own some of what they make; it is empty where anybody may.
    `left_open` are kinds of which the target says nothing, or not all.
    """

    search_path: list[str]
    schemas: list[str] | None
    ignore: list[str]
    roles: bool
    role: str
    left_open: list[str]


class RightDocument(BaseModel, extra="forbid"):
    """What the role that runs the plan must be allowed; see `Right`."""

    privilege: str
    thing: str
    roles: list[str] = []


class PlanDocument(BaseModel, extra="forbid"):
    """The whole plan; `proof` is null where none was asked for.

    `leaves` has a hash of each object that the plan changes, as it leaves it; null of what is gone.

    `checksum` is SHA-256, in hexadecimal, of all the rest: what was edited is not what was planned.
    Another version of gnkmigrate may know more facts, and so another hash of the same database.
    """

    version: Literal[3]
    checksum: str = ""
    tool_version: str
    source: SideDocument
    target: SideDocument
    session: SessionDocument
    summary: SummaryDocument
    statements: list[StatementDocument]
    undo: UndoDocument
    leaves: dict[str, str | None]
    rights: list[RightDocument] = []
    not_compared: list[UnreadDocument]
    proof: ProofDocument | None = None


def write_plan(planned: Planned) -> str:
    """The plan as a JSON text that ends with a newline."""
    proof = planned.proof
    document = PlanDocument(
        version=VERSION,
        tool_version=__version__,
        source=_side(planned.source, planned.source_name),
        target=_side(planned.target, planned.target_name),
        session=_session(planned),
        summary=_summary(summarise(planned.statements)),
        statements=_statements(planned.statements),
        undo=UndoDocument(
            statements=_statements(planned.undo.statements),
            not_restored=list(planned.undo.not_restored),
            impossible=planned.undo.impossible,
            exact=planned.undo.exact,
        ),
        leaves=dict(planned.leaves),
        rights=[RightDocument(**asdict(each)) for each in planned.rights],
        not_compared=[UnreadDocument.model_validate(e) for e in entries(planned.not_compared)],
        proof=ProofDocument(**asdict(proof)) if proof else None,
    )
    return sealed(document)


def sealed(document: PlanDocument) -> str:
    """A plan as the text of its file, with the checksum that belongs to it."""
    whole = document.model_copy(update={"checksum": _checksum(document)})
    return whole.model_dump_json(indent=2) + "\n"


def read_plan(path: Path) -> PlanDocument:
    """A plan that was kept.

    Raises:
        PlanUnreadable: the file cannot be read, is no plan, is one of another version, or is not
            as it was written.
    """
    try:
        text = path.read_bytes()
        _require_version(path, text)
        document = PlanDocument.model_validate_json(text)
    except OSError as error:
        raise PlanUnreadable(f"{path} cannot be read: {error.strerror}.", hint=_HINT) from None
    except ValidationError as error:
        raise PlanUnreadable(
            f"{path} is not a plan.", details=problems(error, whole="JSON")[:5], hint=_HINT
        ) from None
    if document.checksum != _checksum(document):
        raise PlanUnreadable(
            f"{path} was edited after it was made: its losses, locks and way back are those of "
            "another plan.",
            hint=f"{_HINT}. What it lacks can go into the target, or into a revision.",
        )
    return document


def _checksum(document: PlanDocument) -> str:
    return content_hash(document.model_dump(exclude={"checksum"}))


class _Versioned(BaseModel, extra="ignore"):
    version: int
    statements: list[object]


def _require_version(path: Path, text: bytes) -> None:
    version = _Versioned.model_validate_json(text).version
    if version != VERSION:
        raise PlanUnreadable(
            f"{path} is a plan of version {version}, and this gnkmigrate reads version {VERSION}.",
            hint=_HINT,
        )


def facts_hash(snapshot: Snapshot) -> str:
    """SHA-256, in hexadecimal, of all facts: equal when no difference is left between two."""
    return content_hash(
        [[fact.kind, list(fact.identity.path), fact.hash] for fact in snapshot.ordered],
    )


def _side(snapshot: Snapshot, name: str) -> SideDocument:
    return SideDocument(
        name=name,
        server_version=snapshot.server_version,
        role=snapshot.role,
        facts=facts_hash(snapshot),
    )


def _session(planned: Planned) -> SessionDocument:
    known = planned.circumstances
    return SessionDocument(
        search_path=list(known.search_path),
        schemas=None if known.schemas is None else list(known.schemas),
        ignore=list(known.ignore),
        roles=known.roles,
        role=planned.source.role if _owns(planned.source.role, planned) else "",
        left_open=sorted(planned.left_open),
    )


def _owns(role: str, planned: Planned) -> bool:
    """Whether a role owns something, before or after: of its own things a plan names no owner."""
    owners = (*planned.source.of_kind("owner"), *planned.target.of_kind("owner"))
    return any(fact.payload["owner"] == role for fact in owners)


def _statements(statements: Statements) -> list[StatementDocument]:
    return [StatementDocument(**asdict(each)) for each in statements]


def _summary(summary: Summary) -> SummaryDocument:
    return SummaryDocument.model_validate({**asdict(summary), "loses_data": summary.loses_data})
