"""Makes docs/pictures/way.svg: what gnkmigrate is, in one picture. Only what is below is drawn.

Run it after a change: python docs/pictures/way.py
"""

from html import escape
from pathlib import Path
from typing import NamedTuple

FILE = Path(__file__).parent / "way.svg"
SIZE = (860, 330)
STYLE = """
  text { font: 14px system-ui, sans-serif; fill: #1f2430; text-anchor: middle }
  .small { font-size: 12px; fill: #596275 }
  .box { fill: #f4f6fb; stroke: #5b6b95 }
  .core { fill: #e3ebff; stroke: #3355aa }
  .out { fill: #eaf7ee; stroke: #2f855a }
  path { fill: none; stroke: #5b6b95; stroke-width: 1.5; marker-end: url(#head) }
  #head path { fill: #5b6b95; stroke: none }
  .page { fill: #ffffff }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6e9f0 } .small { fill: #a3adc2 } .page { fill: #1b1f2a }
    .box { fill: #262c3a; stroke: #8393bd } .core { fill: #25345c; stroke: #7d9cf0 }
    .out { fill: #1f3a2b; stroke: #62b98a } path { stroke: #8393bd } #head path { fill: #8393bd }
  }
"""


class Box(NamedTuple):
    x: int
    y: int
    title: str
    text: str
    kind: str = "box"


WIDTH, HEIGHT = 170, 58
LIVE = Box(20, 40, "live database", "only read by an audit")
TARGET = Box(20, 230, "schema/target.sql", "or an ORM's models")
FACTS = Box(240, 135, "two catalogs", "read by the same queries", "core")
AUDIT = Box(455, 40, "audit", "gaps and findings", "core")
PLAN = Box(455, 135, "plan", "SQL, with locks and losses", "core")
PHASES = Box(455, 230, "phases", "revisions that move data", "core")
REPORT = Box(670, 40, "report", "page, Markdown, SARIF", "out")
PROOF = Box(670, 135, "proof on a copy", "there, back, row by row", "out")
DONE = Box(670, 230, "upgrade, downgrade", "journalled; no row is lost", "out")
BOXES = (LIVE, TARGET, FACTS, AUDIT, PLAN, PHASES, REPORT, PROOF, DONE)
ARROWS = (
    (LIVE, FACTS),
    (TARGET, FACTS),
    (FACTS, AUDIT),
    (FACTS, PLAN),
    (FACTS, PHASES),
    (AUDIT, REPORT),
    (PLAN, PROOF),
    (PHASES, PROOF),
    (PHASES, DONE),
)
NOTE = "What is done is verified and can be taken back; the old application goes on meanwhile."


def box(each: Box) -> str:
    """One box: its title, and what it is about in small."""
    middle = each.x + WIDTH // 2
    return (
        f'<rect class="{each.kind}" x="{each.x}" y="{each.y}" width="{WIDTH}" height="{HEIGHT}" '
        f'rx="8"/><text x="{middle}" y="{each.y + 25}">{escape(each.title)}</text>'
        f'<text class="small" x="{middle}" y="{each.y + 44}">{escape(each.text)}</text>'
    )


def arrow(start: Box, end: Box) -> str:
    """A line from the right side of one box to the left side of another."""
    x, y = start.x + WIDTH, start.y + HEIGHT // 2
    to_x, to_y = end.x - 4, end.y + HEIGHT // 2
    middle = (x + to_x) // 2
    return f'<path d="M{x} {y} C{middle} {y} {middle} {to_y} {to_x} {to_y}"/>'


def picture() -> str:
    """The whole picture as SVG."""
    width, height = SIZE
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
            'aria-label="A live database and its target become an audit, a plan and phases">'
        ),
        f"<style>{STYLE}</style>",
        (
            '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" '
            'markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z"/></marker></defs>'
        ),
        f'<rect class="page" width="{width}" height="{height}"/>',
        *(arrow(*each) for each in ARROWS),
        *map(box, BOXES),
        f'<text class="small" x="{width // 2}" y="{height - 14}">{escape(NOTE)}</text>',
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    FILE.write_text(picture())
