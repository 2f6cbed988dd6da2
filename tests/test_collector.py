"""Python's collector leaves alone what was loaded before."""

import gc

from gnkmigrate.collector import collector_paused, loaded_objects_excluded
from tests.small import Small


def test_what_is_loaded_is_not_looked_through_while_a_phase_runs(small: Small) -> None:
    small.revision(1, 'op.step("nothing", "SELECT 1")')
    excluded: list[int] = []

    small.project().up(lambda _: excluded.append(gc.get_freeze_count()))

    assert excluded
    assert min(excluded) > 1000
    assert gc.get_freeze_count() == 0


def test_a_pause_leaves_a_block_around_it_as_it_is() -> None:
    with loaded_objects_excluded():
        with collector_paused(), loaded_objects_excluded():
            assert not gc.isenabled()
        assert gc.isenabled()
        assert gc.get_freeze_count() > 1000
    assert gc.get_freeze_count() == 0
