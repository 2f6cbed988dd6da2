"""How a reader looks at a result."""

from dataclasses import dataclass

from gnkmigrate.audit.finding import Severity


@dataclass(frozen=True)
class View:
    """What a renderer may take into account; it is free to ignore it.

    Attributes:
        width: how many columns the reader's window has.
        color: whether it shows colours.
        details: whether the reader asked for everything.
        fail_on: from which severity on a finding makes the command fail; None for never.
        bold: whether it shows what is bold or dim, be it without colours.
    """

    width: int = 80
    color: bool = False
    details: bool = False
    fail_on: Severity | None = Severity.HIGH
    bold: bool = False
