"""The index beneath a key keeps its options, whatever makes it again."""

import pytest

from gnkmigrate.servers import Server
from tests.kinds.converge import converge

TABLE = "CREATE TABLE t (a integer NOT NULL, b integer NOT NULL, c int4range);"
FULL = "WITH (fillfactor = 50)"
PARTITIONED = """
CREATE TABLE p (a integer NOT NULL, b integer NOT NULL) PARTITION BY LIST (a);
CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
"""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("PRIMARY KEY (a)", f"PRIMARY KEY (a) {FULL}"),
        ("UNIQUE (a) WITH (fillfactor = 60, deduplicate_items = off)", f"UNIQUE (a) {FULL}"),
        (f"PRIMARY KEY (a) {FULL}", f"PRIMARY KEY (a, b) {FULL}"),
        (f"UNIQUE (a) {FULL}", f"UNIQUE (a) INCLUDE (b) {FULL} DEFERRABLE"),
        (
            "EXCLUDE USING gist (c WITH &&) WHERE (a > 1) DEFERRABLE",
            f"EXCLUDE USING gist (c WITH &&) {FULL} WHERE (a > 1) DEFERRABLE",
        ),
        (
            "EXCLUDE USING gist (c WITH &&) WHERE (a > 1)",
            f"EXCLUDE USING gist (c WITH &&) {FULL} WHERE (a > 2) DEFERRABLE INITIALLY DEFERRED",
        ),
    ],
)
def test_options_of_keys(server: Server, old: str, new: str) -> None:
    added = "ALTER TABLE t ADD CONSTRAINT k"
    converge(server, f"{added} {old};", f"{added} {new};", shared=TABLE)
    converge(server, "", f"{added} {new};", shared=TABLE)
    converge(server, "", f"{TABLE}{added} {new};")


def test_other_options_alone_make_nothing_again(server: Server) -> None:
    added = "ALTER TABLE t ADD CONSTRAINT k UNIQUE (a)"
    ways = converge(server, f"{added};", f"{added} {FULL};", shared=TABLE)
    assert ways.there == ["ALTER INDEX public.k SET (fillfactor='50')"]
    assert ways.back == ["ALTER INDEX public.k RESET (fillfactor)"]


@pytest.mark.parametrize(
    "index",
    ["ALTER TABLE p ADD CONSTRAINT k PRIMARY KEY (a, b)", "CREATE INDEX k ON p (b)"],
    ids=["key", "index"],
)
def test_an_index_of_a_partitioned_table_takes_a_new_one(server: Server, index: str) -> None:
    converge(server, f"{index};", f"{index} {FULL};", shared=PARTITIONED)
    converge(server, "", f"{index} {FULL};", shared=PARTITIONED)


def test_the_index_of_a_partition_alone_is_altered(server: Server) -> None:
    key = "ALTER TABLE p ADD CONSTRAINT k PRIMARY KEY (a, b);"
    ways = converge(
        server, "", "ALTER INDEX p1_pkey SET (fillfactor = 50);", shared=PARTITIONED + key
    )
    assert ways.there == ["ALTER INDEX public.p1_pkey SET (fillfactor='50')"]
