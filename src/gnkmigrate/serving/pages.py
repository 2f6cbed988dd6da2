"""The pages: templates/html/ of the audit's report, in its style, without any script."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from markupsafe import Markup

from gnkmigrate.audit.finding import Severity
from gnkmigrate.render.audit.html import asset, environment
from gnkmigrate.serving.history import Audit, histories
from gnkmigrate.serving.report_folder import AuditDocument, Damaged, FleetDocument, Kept

SEVERITIES = tuple(severity.label for severity in sorted(Severity, reverse=True))
_WIDTH, _HEIGHT, _EDGE = 320, 60, 6
_HIGHEST_SCORE = 100


@dataclass(frozen=True)
class _Line:
    """A curve of scores in a drawing of `_WIDTH` by `_HEIGHT`."""

    points: Sequence[tuple[float, float]]

    @property
    def path(self) -> str:
        return " ".join(f"{x:.1f},{y:.1f}" for x, y in self.points)


def curve(scores: Sequence[int]) -> _Line:
    """The scores from left to right; higher is better."""
    across = (_WIDTH - 2 * _EDGE) / max(len(scores) - 1, 1)
    down = (_HEIGHT - 2 * _EDGE) / _HIGHEST_SCORE
    return _Line(
        [
            (_EDGE + number * across, _EDGE + (_HIGHEST_SCORE - score) * down)
            for number, score in enumerate(scores)
        ]
    )


def start(reports: Sequence[Kept], damaged: Sequence[Damaged], folder: str) -> str:
    """The first page: every database with its trend, and every run of a fleet."""
    fleets = [each for each in reports if isinstance(each.document, FleetDocument)]
    return _page(
        "kept.html.j2",
        title="Kept reports",
        folder=folder,
        histories=histories(reports),
        fleets=fleets,
        damaged=damaged,
        curve=curve,
        width=_WIDTH,
        height=_HEIGHT,
    )


def report(kept: Kept, reports: Sequence[Kept]) -> str:
    """One report."""
    if isinstance(kept.document, FleetDocument):
        return _page("kept_fleet.html.j2", title=kept.name, kept=kept, document=kept.document)
    return _audit(kept, kept.document, reports)


def _audit(kept: Kept, document: AuditDocument, reports: Sequence[Kept]) -> str:
    others = [each for every in histories(reports) for each in every.audits]
    this = next(each for each in others if each.kept.name == kept.name)
    return _page("kept_audit.html.j2", title=kept.name, kept=kept, document=document, audit=this)


def missing() -> str:
    """Where nothing is at an address."""
    return _page("kept_missing.html.j2", title="Nothing here")


def address(name: str) -> str:
    """A report's address below the token's."""
    return f"report/{quote(name)}"


def since(audit: Audit) -> str:
    """What has changed since the audit before, in words."""
    if audit.new is None or audit.fixed is None:
        return "the first"
    return f"{audit.new} new, {audit.fixed} fixed" if audit.new or audit.fixed else "no change"


def _page(template: str, **values: object) -> str:
    shared: Mapping[str, object] = {
        "style": Markup(asset("page.css")),  # noqa: S704 (a file of this package)
        "severities": SEVERITIES,
        "address": address,
        "since": since,
    }
    return environment().get_template(f"html/{template}").render(**shared, **values)
