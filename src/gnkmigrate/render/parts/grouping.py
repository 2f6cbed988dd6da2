"""Findings of one kind together, so that a reason which many share is read once."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gnkmigrate.audit.finding import Category, Finding, Severity
from gnkmigrate.audit.result import AuditResult
from gnkmigrate.facts.snapshot import Snapshot

# So many places are named where there are more.
_NAMED = 3


@dataclass(frozen=True)
class Group:
    """Findings of one check that are equally severe, for the same reason.

    Attributes:
        severity: how severe they are.
        slug: the check's name.
        category: the group of checks that it belongs to.
        impact: why they matter.
        recommendation: what to do about them.
        findings: themselves, in the report's order.
    """

    severity: Severity
    slug: str
    category: Category
    impact: str
    recommendation: str
    findings: tuple[Finding, ...]

    @property
    def title(self) -> str:
        """The check's name as a heading."""
        return self.slug.replace("-", " ").capitalize()

    @property
    def phases(self) -> str:
        """The phases that close them."""
        return ", ".join(dict.fromkeys(each.phase for each in self.findings if each.phase))


def groups(findings: Iterable[Finding]) -> tuple[Group, ...]:
    """The findings in groups, in the order of their first ones."""
    found: dict[tuple[Severity, str, Category, str, str], list[Finding]] = {}
    for each in findings:
        key = (each.severity, each.slug, each.category, each.impact, each.recommendation)
        found.setdefault(key, []).append(each)
    return tuple(Group(*key, tuple(members)) for key, members in found.items())


def places(result: AuditResult, findings: Iterable[Finding]) -> str:
    """Where findings are: their tables, partitions under their parents, those with most first.

    Three are named, e.g. "orders (3), users and 5 more".
    """
    counts = Counter(_place(each, result) for each in findings)
    first = [f"{name} ({times:,})" if times > 1 else name for name, times in counts.most_common()]
    if len(first) <= _NAMED + 1:
        return ", ".join(first)
    return f"{', '.join(first[:_NAMED])} and {len(first) - _NAMED:,} more"


def _place(finding: Finding, result: AuditResult) -> str:
    about = finding.object
    if not about.table:
        return about.label(result.default_schema) or about.type
    path, above = (about.schema, about.table), result.live.once(_parents)
    while path in above:
        path = above[path]
    return path[1] if path[0] == result.default_schema else ".".join(path)


def _parents(snapshot: Snapshot) -> Mapping[tuple[str, str], tuple[str, str]]:
    """The partitioned table by each of its partitions, as schema and name."""
    return {
        (fact.identity.path[0], fact.identity.path[1]): (fact.value("of")[0], fact.value("of")[1])
        for fact in snapshot.of_kind("partition")
    }


def sentence(result: AuditResult, group: Group) -> str:
    """A group in one sentence: its one finding, or how many there are, and where."""
    if len(group.findings) == 1:
        return group.findings[0].message
    return f"{group.title}: {len(group.findings):,} in {places(result, group.findings)}."
