"""Two queries, measured: one is faster afterwards, the other fails."""

from gnkmigrate.impact.outcome import Impact, IndexImpact, Measured, QueryImpact
from gnkmigrate.impact.query import Head
from gnkmigrate.render import renderer
from gnkmigrate.render.parts.view import View

HEAD = Head(name="orders of <b>")


def measured(plan: str, milliseconds: float, pages: int) -> Measured:
    return Measured((plan,), 1.0, pages, 40, (milliseconds,), frozenset(), HEAD)


IMPACT = Impact(
    database="me@here/shop",
    server_version=160004,
    place="copy",
    rows=20_000,
    phases=("orders",),
    queries=(
        QueryImpact(
            "orders of <b>",
            {
                "before": measured("Seq Scan of orders", 4, 128),
                "after": measured("Index Scan by orders_idx", 0.5, 4),
            },
            {},
        ),
        QueryImpact(
            "states",
            {"before": measured("Seq Scan of orders", 2, 128)},
            {"after": 'column "state" does not exist'},
        ),
    ),
    indexes=(IndexImpact("public.orders_idx", "public.orders", True, False, 8192, (), 1.5),),
)


def shown(format_: str, width: int = 80) -> str:
    return renderer("impact", format_)(IMPACT, View(width=width))


def test_a_terminal() -> None:
    lines = [line.rstrip() for line in shown("terminal").splitlines()]
    assert lines[:2] == [
        "me@here/shop",
        "Measured on a copy with 20,000 rows, the median of 5 runs after 3 that do not",
    ]
    assert lines[4:] == [
        "query           before    after  ratio  pages before  after",
        "orders of <b>  4.00 ms  0.50 ms   8.00           128      4",
        "states         2.00 ms    fails                  128",
        "",
        "orders of <b>",
        "  plan before: Seq Scan of orders",
        "  plan after: Index Scan by orders_idx",
        "",
        "states",
        "  plan before: Seq Scan of orders",
        '  fails after: column "state" does not exist',
        "",
        "Indexes",
        "index       table     size  a row's writing  used by",
        "orders_idx  orders  8.2 kB          +1.5 µs  nothing here",
        "Useless here, since no query uses them: orders_idx. They take 8.2 kB, and a part",
        "of every write.",
    ]


def test_a_page_escapes_names() -> None:
    page = shown("html")
    assert "<h2>orders of &lt;b&gt;: 8.00 times as fast</h2>" in page
    assert "<b>" not in page


def test_markdown_escapes_names() -> None:
    assert "**orders of &lt;b&gt;**" in shown("markdown")
