"""The page, as text; test_browser.py looks at it in a browser."""

import re
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser

import pytest

from gnkmigrate.audit.finding import Severity
from gnkmigrate.audit.result import Accepted, AuditResult
from gnkmigrate.audit.trend import PastFinding, PastScore, Trend
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.render.audit.html import render
from gnkmigrate.render.parts.view import View
from tests.render.audit.support import HOSTILE, clean, finding, hostile, result, snapshot, table

JUDGED = replace(
    result(),
    findings=(result().findings[0], finding("users", Severity.LOW)),
    accepted=(Accepted(finding("old", Severity.LOW), "It is meant so.", result().time.date()),),
    trend=Trend(
        "past.json",
        result().time,
        50,
        new=frozenset({finding("users", Severity.LOW).fingerprint}),
        fixed=(PastFinding("0" * 64, "GNK-G011-00000000", Severity.LOW, "It was missing."),),
    ),
)
ALL = [result(), clean(), hostile(), JUDGED, replace(clean(), target=None, live=snapshot())]

# Elements that HTML never closes, and those that may be left open (html.spec.whatwg.org, 13.1.2).
VOID = {"meta", "input", "br"}
OPTIONAL = {"th", "td", "tr", "option", "thead", "tbody", "li", "dt", "dd"}


class _Reader(HTMLParser):
    """Collects what a browser would see."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.ids: Counter[str] = Counter()
        self.links: list[str] = []
        self.attributes: set[str] = set()
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        for name, value in attrs:
            self.attributes.add(name)
            if name == "id":
                self.ids[value or ""] += 1
            if name in {"href", "src"}:
                self.links.append(value or "")
        if tag not in VOID | OPTIONAL:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag not in OPTIONAL:
            assert self.open.pop() == tag


def _read(audit: AuditResult) -> _Reader:
    return _Reader(render(audit, View()))


@pytest.mark.parametrize("audit", ALL)
def test_it_is_one_page_that_needs_nothing_else(audit: AuditResult) -> None:
    page = _read(audit)
    assert page.open == []
    assert (page.tags["script"], page.tags["style"], page.tags["h1"]) == (1, 1, 1)
    assert not page.tags.keys() & {"img", "link", "iframe", "object", "base"}
    assert not [name for name in page.attributes if name.startswith("on") or name == "style"]


@pytest.mark.parametrize("audit", ALL)
def test_every_link_leads_somewhere_on_the_page(audit: AuditResult) -> None:
    page = _read(audit)
    assert {link.removeprefix("#") for link in page.links} <= page.ids.keys()
    assert all(link.startswith("#") for link in page.links)
    assert set(page.ids.values()) == {1}


def test_names_do_no_harm() -> None:
    text = render(hostile(), View())
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_names_do_no_harm_in_pictures() -> None:
    parent = table(HOSTILE, ("id", "integer"))
    text = render(replace(clean(), live=snapshot(*parent), target=None), View())
    assert "<text" in text
    assert "<script>alert" not in text


def test_only_its_own_script_and_style_count() -> None:
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', render(hostile(), View()))
    assert policy is not None
    assert policy[1].startswith("default-src &#39;none&#39;; style-src &#39;sha256-")
    assert "unsafe" not in policy[1]


def test_what_it_says() -> None:
    text = render(result(), View())
    assert "<strong>Incomplete.</strong> 1 gap separates the database from the target" in text
    assert "CREATE TABLE public.&#34;orders&#34; ();" in text
    assert "closed by phase orders" in text
    assert "-- Takes away all rows of public.orders.\nDROP TABLE public.orders;" in text
    assert "permission denied for table users" in text
    assert "about 1,234,567 rows" in text
    assert "Every index is valid" in text


def test_what_is_accepted_and_what_has_changed() -> None:
    text = render(JUDGED, View())
    assert "It is meant so. Since 2025-12-09." in text
    assert '<span class="state">new</span>' in text
    assert '<span class="state">fixed</span> It was missing.' in text


def test_a_clean_database_says_so() -> None:
    text = render(clean(), View())
    assert "Nothing was found." in text
    assert '<form class="filter"' not in text


def test_an_empty_database_is_a_page_too() -> None:
    empty = replace(clean(), live=Snapshot.of([]), target=None, sizes={})
    assert "There are no tables." in render(empty, View())


def test_equal_results_give_equal_pages() -> None:
    assert render(hostile(), View()) == render(hostile(), View(width=10, color=True))


def test_many_findings_are_told_by_check_first() -> None:
    many = tuple(finding(f"t{number}", Severity.LOW) for number in range(8))
    page = render(replace(result(), findings=many), View())
    row = (
        '<td class="pill low">low</td><td><a href="#g1">Missing table</a></td><td>8</td>'
        "<td>t0, t1, t2 and 5 more</td>"
    )
    assert row in page
    assert '<section class="group low" id="g1">' in page
    assert "by-check" not in _body(render(result(), View()))


def test_the_scores_of_kept_audits_are_a_line() -> None:
    past = tuple(
        PastScore(result().time - timedelta(days=days), score) for days, score in ((9, 40), (3, 55))
    )
    page = render(replace(result(), history=past), View())
    assert 'aria-label="The score was 40 on 2025-11-30 and is 91 now."' in page
    assert page.count("<circle") == 3
    assert 'points="26.0,60.8 258.0,52.1 374.0,31.2"' in page
    assert "<polyline" not in render(result(), View())


def _body(page: str) -> str:
    return page.partition("<body>")[2]
