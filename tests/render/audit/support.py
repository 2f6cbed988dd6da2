"""Results to render, made by hand so that each test sees what it needs."""

from dataclasses import replace
from datetime import UTC, datetime

from gnkmigrate.audit.finding import DatabaseObject, Finding, Severity
from gnkmigrate.audit.result import AuditResult, NotRun, Passed, TableSize
from gnkmigrate.audit.script import Script, Step
from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot, Unread

# Each would do harm where it is shown as it is.
HOSTILE = "<script>alert(1)</script>|`x`\x1b[31m\n# title\u202e[a](b)*_\\"

SCHEMA = Fact(Identity("schema", ("public",)), None, {})


def table(name: str, *columns: tuple[str, str]) -> list[Fact]:
    """A table's facts: its columns by name and type, all of them nullable."""
    identity = Identity("table", ("public", name))
    facts = [Fact(identity, SCHEMA.identity, {"persistence": "permanent", "options": []})]
    for position, (column, type_) in enumerate(columns):
        payload = {"type": type_, "not_null": False}
        path = Identity("column", ("public", name, column))
        facts.append(Fact(path, identity, payload, position=position))
    return facts


def snapshot(*facts: Fact) -> Snapshot:
    return Snapshot.of([SCHEMA, *facts], 160015, "shop")


def finding(name: str, severity: Severity, phase: str | None = None) -> Finding:
    """A missing table."""
    return Finding(
        check="GNK-G011",
        kind="missing",
        category="gap",
        object=DatabaseObject("public", name, "", "table"),
        severity=severity,
        message=f"Table {name} is missing.",
        impact="It is not there.",
        recommendation="Create it.",
        fix=(f'CREATE TABLE public."{name}" ()',),
        undo=(f'DROP TABLE public."{name}"',),
        phase=phase,
        evidence={"columns": ["id integer", "note text"]},
        slug="missing-table",
    )


def result() -> AuditResult:
    """A database with users, a target with orders besides."""
    users, orders = table("users", ("id", "integer")), table("orders", ("id", "integer"))
    missing = finding("orders", Severity.HIGH, "orders")
    return AuditResult(
        findings=(missing,),
        not_run=(NotRun("GNK-D001", "Every value fits", "permission denied for table users"),),
        passed=(Passed("GNK-S007", "Every index is valid"),),
        live=snapshot(*users),
        target=snapshot(*users, *orders),
        database="tester@localhost:5432/shop",
        server_version="16.15",
        time=datetime(2025, 12, 9, 12, 0, tzinfo=UTC),
        target_name="schema/target.sql",
        sizes={("public", "users"): TableSize(1234567, exact=False)},
        phases=("orders",),
        declaring=lambda: ("CREATE TABLE public.users (id integer)",),
        closing=lambda: Script(
            (Step("CREATE TABLE public.orders ()", "Table public.orders is missing."),),
            (Step("DROP TABLE public.orders", "", "all rows of public.orders"),),
        ),
    )


def hostile() -> AuditResult:
    """The same, with names that would do harm."""
    bad = table(HOSTILE, (HOSTILE, HOSTILE))
    wrong = replace(
        finding(HOSTILE, Severity.CRITICAL, HOSTILE),
        evidence={HOSTILE: [HOSTILE, "```", "--"], "query": f"SELECT 1 -- ```\n{HOSTILE}"},
        impact=HOSTILE,
        recommendation=HOSTILE,
        category="data",
        kind="check",
    )
    gap = replace(wrong, category="gap", kind="missing")
    return replace(
        result(),
        findings=(gap, wrong),
        not_run=(NotRun(HOSTILE, HOSTILE, HOSTILE),),
        passed=(Passed(HOSTILE, HOSTILE),),
        live=replace(snapshot(*bad), unread=(Unread(HOSTILE, (HOSTILE,), 1, HOSTILE),)),
        target=snapshot(*bad, *table("a", ("b", "integer"))),
        database=HOSTILE,
        target_name=HOSTILE,
        sizes={("public", HOSTILE): TableSize(1, exact=True)},
        phases=(HOSTILE,),
        declaring=lambda: (f'CREATE TABLE "{HOSTILE}" ()', "-- ```"),
        closing=lambda: Script((Step(f"SELECT 1 -- {HOSTILE}", HOSTILE, HOSTILE),), ()),
    )


def clean() -> AuditResult:
    """A database that is as its target."""
    given = result()
    return replace(given, findings=(), not_run=(), target=given.live, closing=Script)
