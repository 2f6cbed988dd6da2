"""The scores of the audits that are kept, and today's, as a line of inline SVG."""

from collections.abc import Sequence
from datetime import datetime

from markupsafe import Markup, escape

from gnkmigrate.audit.result import AuditResult
from gnkmigrate.render.parts.summary import Summary

_WIDTH, _HEIGHT, _MARGIN = 400, 110, 26
_FULL = 100
# So many points can be told apart; of more the latest are shown.
_MOST = 60


def chart(result: AuditResult, summary: Summary) -> Markup:
    """The line; nothing where no earlier audit is kept."""
    points = [(each.time, each.score) for each in result.history[-_MOST:]]
    if not points:
        return Markup()
    points.append((result.time, summary.score))
    places = _places(points)
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    dots = [
        Markup('<circle cx="{}" cy="{}" r="3"><title>{}</title></circle>').format(
            f"{x:.1f}", f"{y:.1f}", f"{time:%Y-%m-%d}: {score} of 100"
        )
        for (x, y), (time, score) in zip(places, points, strict=True)
    ]
    ends = [
        _text(_MARGIN, _HEIGHT - 6, "start", f"{points[0][0]:%Y-%m-%d}"),
        _text(_WIDTH - _MARGIN, _HEIGHT - 6, "end", f"{points[-1][0]:%Y-%m-%d}"),
        _text(places[0][0], places[0][1] - 8, "middle", str(points[0][1])),
        _text(places[-1][0], places[-1][1] - 8, "middle", str(points[-1][1])),
    ]
    said = f"The score was {points[0][1]} on {points[0][0]:%Y-%m-%d} and is {points[-1][1]} now."
    head = Markup('<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">').format(
        _WIDTH, _HEIGHT, said
    )
    line = Markup('<polyline points="{}" fill="none"/>').format(path)
    return head + line + Markup().join(dots) + Markup().join(ends) + Markup("</svg>")


def _places(points: Sequence[tuple[datetime, int]]) -> list[tuple[float, float]]:
    """Where the points are: time runs to the right, and a better score is higher."""
    first, last = points[0][0], points[-1][0]
    span = (last - first).total_seconds()
    room, depth = _WIDTH - 2 * _MARGIN, _HEIGHT - 2 * _MARGIN
    return [
        (
            _MARGIN + room * ((time - first).total_seconds() / span if span > 0 else 1),
            _MARGIN + depth * (1 - score / _FULL),
        )
        for time, score in points
    ]


def _text(x: float, y: float, anchor: str, words: str) -> Markup:
    return Markup('<text x="{}" y="{}" text-anchor="{}">{}</text>').format(
        f"{x:.1f}", f"{y:.1f}", anchor, escape(words)
    )
