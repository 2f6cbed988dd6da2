"""A database, a revision and a folder of queries."""

from dataclasses import replace

from typer.testing import CliRunner, Result

from gnkmigrate.cli import application
from gnkmigrate.postgres.connection import connect
from tests.small import Small

ORDERS = """
CREATE TABLE orders (id int PRIMARY KEY, customer int NOT NULL, state text NOT NULL, total int);
INSERT INTO orders SELECT n, n % 500, CASE n % 100 WHEN 0 THEN 'open' ELSE 'paid' END, n
FROM generate_series(1, 20000) AS n
"""
REVISION = """
op.build_index("orders_customer_idx", "public.orders", "(customer)")
op.build_index("orders_total_idx", "public.orders", "(total)")
op.rename_columns("public.orders", {"state": "status"})
"""


class Shop:
    """A project of one phase, which builds two indexes and renames a column."""

    def __init__(self, small: Small) -> None:
        self.small = replace(small, folder=small.folder / "migrations")
        self.folder = small.folder
        self.small.reversible(1, REVISION)
        self.queries = self.folder / "audits" / "queries"
        self.queries.mkdir(parents=True)
        (self.folder / "gnkmigrate.toml").write_text('migrations = "migrations"\n')
        with connect(small.url, search_path=["public"]) as session:
            session.execute(ORDERS.encode())

    def write(self, name: str, text: str) -> None:
        (self.queries / f"{name}.sql").write_text(text.lstrip())

    def run(self, *arguments: str) -> Result:
        config = ("--config", str(self.folder / "gnkmigrate.toml"))
        url = ("--url", self.small.url.conninfo)
        return CliRunner().invoke(application(), [*config, *url, "impact", *arguments])
