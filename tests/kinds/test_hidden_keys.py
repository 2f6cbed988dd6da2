"""Foreign keys to partitioned tables, of which PostgreSQL keeps more than it shows."""

import pytest

from gnkmigrate.servers import Server
from tests.kinds.converge import converge

PARTED = """
    CREATE TABLE p (id integer PRIMARY KEY) PARTITION BY RANGE (id);
    CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);
"""
KEY = PARTED + "CREATE TABLE n (x integer, CONSTRAINT {} FOREIGN KEY (x) REFERENCES p{});"


@pytest.mark.parametrize("name", ["n_x_fkey", "nf_1"])
@pytest.mark.parametrize("more", ["", ", CONSTRAINT {} CHECK (x > 0)"])
def test_a_name_that_a_hidden_one_has(server: Server, name: str, more: str) -> None:
    """Whether the key itself is to be called so, or another constraint of the table."""
    new = KEY.format("nf" if more else name, more.format(name))
    converge(server, KEY.format("nf", ""), new)
