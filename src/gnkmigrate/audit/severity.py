"""How grave a gap is in any project: the general rules.

What breaks queries that the target's application will send is graver than what merely slows
them; what is only in the live database breaks nothing as long as it stays.
"""

from gnkmigrate.audit.finding import Severity
from gnkmigrate.audit.fold import Gap

# The first number of a gap's check id. Numbers stay for ever: fingerprints hang on them.
_KIND_NUMBERS = {
    "table": 1,
    "column": 2,
    "constraint": 3,
    "index": 4,
    "enum": 5,
    "sequence": 6,
    "view": 7,
    "function": 8,
    "trigger": 9,
    "extension": 10,
    "schema": 11,
    "comment": 12,
}
_OTHER_KIND = 99
_GAP_NUMBERS = {"missing": 1, "extra": 2, "different": 3}
_SHAPE_NUMBERS = {"names": 4, "design": 5}
_SHAPE_SLUGS = {"names": "constraint-names", "design": "table-design"}

_OF_SHAPE = {"names": Severity.INFO, "design": Severity.MEDIUM}
_MISSING = {
    "schema": Severity.HIGH,
    "table": Severity.HIGH,
    "view": Severity.HIGH,
    "function": Severity.HIGH,
    "column": Severity.MEDIUM,
    "index": Severity.MEDIUM,
    "extension": Severity.MEDIUM,
    "enum": Severity.MEDIUM,
    "sequence": Severity.MEDIUM,
    "trigger": Severity.MEDIUM,
    "comment": Severity.INFO,
}
_EXTRA = {
    "column": Severity.LOW,
    "constraint": Severity.LOW,
    "index": Severity.LOW,
    "trigger": Severity.LOW,
}
_DIFFERENT = {
    "comment": Severity.INFO,
    "extension": Severity.INFO,
    "sequence": Severity.LOW,
    "table": Severity.LOW,
}

# What of a column may differ without a query that worked before failing now.
_MINOR_OF_COLUMN = frozenset({"expression"})


def gap_check(gap: Gap) -> tuple[str, str]:
    """The stable id and the slug of a kind of gap, e.g. ("GNK-G011", "missing-table")."""
    kind = _KIND_NUMBERS.get(gap.subject.kind, _OTHER_KIND)
    if gap.shape == "object":
        return f"GNK-G{kind:02}{_GAP_NUMBERS[gap.kind]}", f"{gap.kind}-{gap.subject.kind}"
    return f"GNK-G{kind:02}{_SHAPE_NUMBERS[gap.shape]}", _SHAPE_SLUGS[gap.shape]


def gap_names() -> frozenset[str]:
    """Every id and slug that `gap_check` gives for a kind of fact that it knows."""
    names = {
        name
        for kind, number in _KIND_NUMBERS.items()
        for gap, last in _GAP_NUMBERS.items()
        for name in (f"GNK-G{number:02}{last}", f"{gap}-{kind}")
    }
    table = _KIND_NUMBERS["table"]
    for shape, last in _SHAPE_NUMBERS.items():
        names |= {f"GNK-G{table:02}{last}", _SHAPE_SLUGS[shape]}
    return frozenset(names)


def gap_severity(gap: Gap) -> Severity:
    """How grave a gap is where the project has no opinion of its own."""
    if gap.shape != "object":
        return _OF_SHAPE[gap.shape]
    if gap.kind == "missing":
        return _missing(gap)
    if gap.kind == "extra":
        return _EXTRA.get(gap.subject.kind, Severity.INFO)
    return _different(gap)


def _missing(gap: Gap) -> Severity:
    kind, payload = gap.subject.kind, gap.subject.payload
    if kind == "constraint":
        return Severity.MEDIUM if payload["type"] == "check" else Severity.HIGH
    if kind == "index" and payload["unique"]:
        return Severity.HIGH
    return _MISSING.get(kind, Severity.MEDIUM)


def _different(gap: Gap) -> Severity:
    if all(change.verb == "rename" for change in gap.changes):
        return Severity.INFO if gap.subject.kind == "index" else Severity.MEDIUM
    altered = [change for change in gap.changes if change.verb == "alter"]
    differing = {key for change in altered for key in change.differing}
    if gap.subject.kind == "column":
        loosened = not gap.subject.payload["not_null"]
        minor = _MINOR_OF_COLUMN | ({"not_null"} if loosened else set())
        return Severity.LOW if differing <= minor else Severity.MEDIUM
    return _DIFFERENT.get(gap.subject.kind, Severity.MEDIUM)
