"""A plan as a JSON document, and back: docs/plan.md describes it.

It knows which database it was made for by the hash of that database's facts, so that nobody runs
it on a database that has changed since.
"""

from dataclasses import asdict
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ValidationError

from gnkmigrate.facts.fact import content_hash
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.errors import GnkMigrateError
from gnkmigrate.plan.proof import Proof
from gnkmigrate.plan.session import Planned
from gnkmigrate.kinds.statement import Statement, Statements
from gnkmigrate.plan.summary import Summary, summarise
from gnkmigrate.validation import problems


class PlanUnreadable(GnkMigrateError):
    """A file does not hold a plan."""


class SideDocument(BaseModel, extra="forbid"):
    """A schema as the plan knows it; `facts` is the hash of all its facts."""

    name: str
    server_version: int
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

    def statement(self) -> Statement:
        return Statement(**self.model_dump())


class ProofDocument(BaseModel, extra="forbid"):
    """What running the plan on a copy has shown; see `Proof`."""

    seconds: list[float]
    rows: int
    live_rows: int
    server_version: int
    provider: str


class PlanDocument(BaseModel, extra="forbid"):
    """The whole plan; `proof` is null where none was asked for."""

    version: Literal[1]
    source: SideDocument
    target: SideDocument
    summary: SummaryDocument
    statements: list[StatementDocument]
    proof: ProofDocument | None = None


def write_plan(planned: Planned, proof: Proof | None = None) -> str:
    """The plan as a JSON text that ends with a newline, with what a proof has shown."""
    document = PlanDocument(
        version=1,
        source=_side(planned.source, planned.source_name),
        target=_side(planned.target, planned.target_name),
        summary=_summary(summarise(planned.statements)),
        statements=[StatementDocument(**asdict(each)) for each in planned.statements],
        proof=ProofDocument(**asdict(proof)) if proof else None,
    )
    return document.model_dump_json(indent=2) + "\n"


def read_plan(path: Path) -> tuple[PlanDocument, Statements]:
    """A plan that was kept, and its statements.

    Raises:
        PlanUnreadable: the file cannot be read or is no plan.
    """
    hint = "Make one with: gnkmigrate plan --format json --output plan.json"
    try:
        document = PlanDocument.model_validate_json(path.read_bytes())
    except OSError as error:
        raise PlanUnreadable(f"{path} cannot be read: {error.strerror}.", hint=hint) from None
    except ValidationError as error:
        raise PlanUnreadable(
            f"{path} is not a plan.", details=problems(error, whole="JSON")[:5], hint=hint
        ) from None
    return document, tuple(each.statement() for each in document.statements)


def facts_hash(snapshot: Snapshot) -> str:
    """SHA-256, in hexadecimal, of all facts: equal when no difference is left between two."""
    return content_hash(
        [[fact.kind, list(fact.identity.path), fact.hash] for fact in snapshot],
    )


def _side(snapshot: Snapshot, name: str) -> SideDocument:
    return SideDocument(
        name=name,
        server_version=snapshot.server_version,
        facts=facts_hash(snapshot),
    )


def _summary(summary: Summary) -> SummaryDocument:
    return SummaryDocument.model_validate({**asdict(summary), "loses_data": summary.loses_data})
