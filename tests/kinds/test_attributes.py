"""Every attribute of what tables are made of: seen, changed there and back, like pg_dump's."""

import pytest

from gnkmigrate.kinds import kinds
from gnkmigrate.kinds.effects import How
from gnkmigrate.servers import Server
from tests.kinds.converge import converge, differing
from tests.kinds.probes import ELSEWHERE, PROBES, Probe


@pytest.mark.parametrize("probe", PROBES, ids=".".join)
def test_it_is_seen_and_converges(server: Server, probe: tuple[str, str]) -> None:
    shared, old, new, since = PROBES[probe]
    if server.version < since:
        pytest.skip("this version does not know it")
    assert probe in differing(server, shared + old, shared + new)
    converge(server, old, new, shared=shared)


def test_no_attribute_is_without_a_probe() -> None:
    probed = {kind for kind, _ in PROBES}
    attributes = {
        (name, attribute)
        for name in probed
        for attribute, how in kinds()[name].attributes.items()
        if how is not How.COSMETIC
    }
    assert attributes - PROBES.keys() - ELSEWHERE == set()


def test_probes_are_pairs() -> None:
    assert all(isinstance(probe, Probe) and probe.old != probe.new for probe in PROBES.values())
