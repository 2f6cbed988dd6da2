"""Findings of one kind together, so that a reason which many share is read once."""

from collections.abc import Iterable
from dataclasses import dataclass

from gnkmigrate.audit.finding import Category, Finding, Severity


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


def groups(findings: Iterable[Finding]) -> tuple[Group, ...]:
    """The findings in groups, in the order of their first ones."""
    found: dict[tuple[Severity, str, Category, str, str], list[Finding]] = {}
    for each in findings:
        key = (each.severity, each.slug, each.category, each.impact, each.recommendation)
        found.setdefault(key, []).append(each)
    return tuple(Group(*key, tuple(members)) for key, members in found.items())
