"""Fixes that exclude each other: what makes, or takes away, the same thing is proposed once."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from gnkmigrate.audit.finding import Finding

_NAME = r'(?:"(?:[^"]|"")+"|[^\s".(]+)'
_INDEX = re.compile(
    rf"CREATE (?:UNIQUE )?INDEX (?:CONCURRENTLY )?(?P<name>{_NAME}) "
    rf"ON (?:ONLY )?(?P<on>(?P<schema>{_NAME})\.{_NAME}.*)",
    re.DOTALL,
)
_CONSTRAINT = re.compile(rf"(?P<added>ALTER TABLE (?:ONLY )?\S+ ADD CONSTRAINT {_NAME}) ")
_TAKEN_AWAY = re.compile(r"DROP |ALTER TABLE (?:ONLY )?\S+ DROP ")
_USUAL = " USING btree "


def shared(findings: Sequence[Finding]) -> Iterator[Finding]:
    """The findings, each fix at the first of those that have it; the others refer to that.

    A gap has its fix always: what it brings is the target's.

    Args:
        findings: in the order of the report.
    """
    first: dict[str, Finding] = {}
    for each in sorted(findings, key=lambda each: each.kind == "check"):
        for thing in _things(each):
            first.setdefault(thing, each)
    for each in findings:
        others = {id(first[thing]): first[thing] for thing in _things(each)}
        other = next((found for found in others.values() if found is not each), None)
        if other is None or each.kind != "check":
            yield each
        else:
            facts = {**each.evidence, "fix": f"that of {other.id} does it"}
            yield replace(each, fix=(), undo=(), evidence=facts)


def _things(finding: Finding) -> Iterator[str]:
    """What a fix makes or takes away: run twice, it fails, or is done twice."""
    for statement in finding.fix:
        if index := _INDEX.match(statement):
            yield f"index {index['schema']}.{index['name']}"
            yield f"index on {index['on'].replace(_USUAL, ' ')}"
        elif constraint := _CONSTRAINT.match(statement):
            yield constraint["added"]
        elif _TAKEN_AWAY.match(statement):
            yield statement
