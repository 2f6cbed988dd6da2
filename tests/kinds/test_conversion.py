"""Conversions between encodings: made, dropped, and made again in whatever they differ."""

import pytest

from gnkmigrate.servers import Server
from tests.kinds.converge import converge

OLD = "CREATE CONVERSION c FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;"


def test_a_conversion_comes_and_goes(server: Server) -> None:
    new = f"{OLD} COMMENT ON CONVERSION c IS 'west'; ALTER CONVERSION c OWNER TO clerk;"
    there, back = converge(server, "", new, roles=["clerk"])
    assert there[0] == ("CREATE CONVERSION public.c FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8")
    assert back == ["DROP CONVERSION public.c"]


@pytest.mark.parametrize(
    "new",
    [
        OLD.replace("CREATE", "CREATE DEFAULT"),
        "CREATE CONVERSION c FOR 'UTF8' TO 'LATIN1' FROM utf8_to_iso8859_1;",
    ],
    ids=["default", "the other way"],
)
def test_it_is_made_again(server: Server, new: str) -> None:
    there, _ = converge(server, OLD, new)
    assert there[0] == "DROP CONVERSION public.c"
    assert len(there) == 2
