"""What the project itself thinks about gravity: audits/severity.toml.

[[rule]] sets severity, impact or recommendation of the findings that it matches; the first rule
that matches a finding counts. [[design]] folds the differences of one table, indexes apart, into
a single finding, for a table whose meaning changes and not merely its columns.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, Field, ValidationError, model_validator

from gnkmigrate.audit.finding import Finding, Kind
from gnkmigrate.audit.project_checks import SeverityName
from gnkmigrate.audit.result import TableSize
from gnkmigrate.errors import SettingsError
from gnkmigrate.facts.fact import Identity
from gnkmigrate.validation import not_utf8, problems

FILE_NAME = "severity.toml"

Sizes = Mapping[tuple[str, str], TableSize]


class Rule(BaseModel, extra="forbid", frozen=True):
    """An opinion on the findings that all of its conditions match.

    Attributes:
        check: pattern (fnmatch) of the check's id or slug.
        kind: missing, extra, different or check.
        type: the kind of the object, e.g. "index".
        object: pattern of the object, "schema.table" or "schema.table.name".
        severity: what it is then.
        above_rows: from more rows than this in the object's table on, `severity_above` counts.
        severity_above: what it is on such a table.
        impact: why it matters, instead of the general words.
        recommendation: what to do, instead of the general words.
    """

    check: str = "*"
    kind: Kind | None = None
    type: str | None = None
    object: str = "*"
    severity: SeverityName | None = None
    above_rows: Annotated[int, Field(ge=0)] | None = None
    severity_above: SeverityName | None = None
    impact: str | None = None
    recommendation: str | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if (self.above_rows is None) != (self.severity_above is None):
            raise ValueError("above_rows and severity_above go together")
        if self.severity is None and self.impact is None and self.recommendation is None:
            raise ValueError("a rule sets severity, impact or recommendation")
        return self

    def matches(self, finding: Finding) -> bool:
        return (
            (fnmatchcase(finding.check, self.check) or fnmatchcase(finding.slug, self.check))
            and self.kind in {None, finding.kind}
            and self.type in {None, finding.object.type}
            and fnmatchcase(str(finding.object), self.object)
        )

    def applied(self, finding: Finding, sizes: Sizes) -> Finding:
        size = sizes.get((finding.object.schema, finding.object.table))
        severity = finding.severity if self.severity is None else self.severity
        if (
            self.above_rows is not None
            and self.severity_above is not None
            and size is not None
            and size.rows > self.above_rows
        ):
            severity = self.severity_above
        return replace(
            finding,
            severity=severity,
            impact=finding.impact if self.impact is None else self.impact,
            recommendation=finding.recommendation
            if self.recommendation is None
            else self.recommendation,
        )


class Design(BaseModel, extra="forbid", frozen=True):
    """A table whose differences are one matter.

    Attributes:
        table: "schema.table".
    """

    table: Annotated[str, Field(pattern=r"^[^.]+\.[^.]+$")]

    @property
    def identity(self) -> Identity:
        schema, name = self.table.split(".")
        return Identity("table", (schema, name))


class _File(BaseModel, extra="forbid", frozen=True):
    rule: tuple[Rule, ...] = ()
    design: tuple[Design, ...] = ()


@dataclass(frozen=True)
class SeverityRules:
    """The rules of a project; none by default."""

    rules: tuple[Rule, ...] = ()
    designs: tuple[Design, ...] = ()

    @property
    def design_tables(self) -> frozenset[Identity]:
        return frozenset(design.identity for design in self.designs)

    def apply(self, findings: Iterable[Finding], sizes: Sizes) -> tuple[Finding, ...]:
        """The findings with the severity and the words that the project gives them."""
        return tuple(self._applied(finding, sizes) for finding in findings)

    def unused(self, findings: Iterable[Finding]) -> tuple[str, ...]:
        """The rules that match none of the findings, described."""
        known = tuple(findings)
        return tuple(
            f"rule {number}: {rule.model_dump_json(exclude_defaults=True)}"
            for number, rule in enumerate(self.rules, start=1)
            if not any(rule.matches(finding) for finding in known)
        )

    def _applied(self, finding: Finding, sizes: Sizes) -> Finding:
        rule = next((rule for rule in self.rules if rule.matches(finding)), None)
        return finding if rule is None else rule.applied(finding, sizes)


def load(file: Path) -> SeverityRules:
    """The rules in a file; none where it does not exist.

    Raises:
        SettingsError: it is no valid TOML, or holds something that it may not.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return SeverityRules()
    except UnicodeDecodeError as error:
        raise not_utf8(file, error) from None
    try:
        content = _File.model_validate(tomllib.loads(text))
    except ValidationError as error:
        raise SettingsError(
            f"{file} holds what it may not.",
            details=problems(error),
            hint="docs/audit.md lists what a rule may say.",
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(
            f"{file} is not valid TOML: {error}", hint="Correct that line and try again."
        ) from None
    return SeverityRules(content.rule, content.design)
