"""A table becomes an archive, and a new one takes its name, its sequence and its default."""

import pytest

from gnkmigrate.diff.rename_options import read_renames
from gnkmigrate.servers import Server
from tests.kinds.converge import converge

KEYS = {
    "serial": "serial",
    "identity": "int GENERATED ALWAYS AS IDENTITY",
}


@pytest.mark.parametrize("new", KEYS.values(), ids=KEYS)
@pytest.mark.parametrize("old", KEYS.values(), ids=KEYS)
def test_the_archive_gives_out_no_keys_any_more(server: Server, old: str, new: str) -> None:
    converge(
        server,
        f"CREATE TABLE ev (id {old} PRIMARY KEY);",
        f"CREATE TABLE ev_old (id int PRIMARY KEY); CREATE TABLE ev (id {new} PRIMARY KEY);",
        renames=read_renames(["table public.ev = ev_old"]),
    )
