"""How large the HTML report of many tables is, and how soon a browser shows it.

Run: .venv/bin/python benchmarks/page.py [TABLES]. The database is that of catalog.py; in the
target every table has one more column and one more index, so that each has findings. Writing is
measured once; opening is the best of several times, from the start of loading to the end of the
load event, and to the first picture on the screen. Fails above 5 MB or two seconds.
"""

import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from catalog import fill
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

from gnkmigrate.audit.policy import Policy
from gnkmigrate.audit.result import AuditResult
from gnkmigrate.audit.run import audit
from gnkmigrate.facts.reading import read_snapshot
from gnkmigrate.postgres.connection import connect
from gnkmigrate.render.audit.html import render
from gnkmigrate.render.parts.view import View
from gnkmigrate.servers import throwaway
from gnkmigrate.settings import ServerSettings

TABLES = 1_000
RUNS = 5
MOST_BYTES, MOST_SECONDS = 5_000_000, 2.0
FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking")

TIMES = """
    const done = arguments[arguments.length - 1];
    requestAnimationFrame(() => setTimeout(() => {
      const {loadEventEnd} = performance.getEntriesByType('navigation')[0];
      const [paint] = performance.getEntriesByName('first-contentful-paint');
      done([loadEventEnd, paint ? paint.startTime : 0]);
    }));
"""


def audited(tables: int) -> AuditResult:
    with throwaway(ServerSettings(provider="embedded"), 16) as server, server.database() as url:
        with connect(url, search_path=["public"]) as connection:
            fill(connection, tables)
            live = read_snapshot(connection)
            for number in range(tables):
                connection.execute(
                    f"ALTER TABLE t{number} ADD extra text; CREATE INDEX ON t{number} (c7)".encode()
                )
            target = read_snapshot(connection)
        with connect(url, read_only=True, search_path=["public"]) as connection:
            return audit(
                connection, live, target, Policy(), database="bench", time=datetime.now(tz=UTC)
            )


def opened(page: Path) -> tuple[float, float]:
    """Seconds until the page is loaded, and until something of it is seen."""
    options = Options()
    options.binary_location = "/usr/bin/chromium"
    for flag in FLAGS:
        options.add_argument(flag)
    browser = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
    try:
        browser.get("about:blank")
        times = []
        for _ in range(RUNS):
            browser.get(page.as_uri())
            times.append(browser.execute_async_script(TIMES))
        load, paint = min(times)
        return load / 1000, paint / 1000
    finally:
        browser.quit()


def main() -> None:
    tables = int(sys.argv[1]) if len(sys.argv) > 1 else TABLES
    result = audited(tables)
    start = time.perf_counter()
    text = render(result, View())
    seconds = time.perf_counter() - start
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "audit.html"
        page.write_text(text, encoding="utf-8")
        size = page.stat().st_size
        load, paint = opened(page)
    print(f"{tables:,} tables, {len(result.findings):,} findings: {size / 1e6:.2f} MB,")
    print(f"written in {seconds:.2f} s, loaded in {load:.2f} s, seen after {paint:.2f} s")
    if size > MOST_BYTES or load > MOST_SECONDS:
        sys.exit("more than 5 MB or two seconds")


if __name__ == "__main__":
    main()
