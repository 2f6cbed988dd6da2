"""How a reader looks at a report."""

from dataclasses import dataclass
from typing import Protocol

from gnkmigrate.audit.finding import Severity
from gnkmigrate.audit.result import AuditResult


@dataclass(frozen=True)
class View:
    """What a renderer may take into account; it is free to ignore it.

    Attributes:
        width: how many columns the reader's window has.
        color: whether it shows colours.
        details: whether the reader asked for everything.
        fail_on: from which severity on a finding makes the command fail; None for never.
    """

    width: int = 80
    color: bool = False
    details: bool = False
    fail_on: Severity | None = Severity.HIGH


class Renderer(Protocol):
    """What every renderer module has as `render`."""

    def __call__(self, result: AuditResult, view: View) -> str:
        """The report as text that ends with a newline; the same result gives the same text."""
        ...
