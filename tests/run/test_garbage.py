"""Python's collector leaves alone what was loaded before a phase."""

import gc

from tests.small import Small


def test_what_is_loaded_is_not_looked_through_while_a_phase_runs(small: Small) -> None:
    small.revision(1, 'op.step("nothing", "SELECT 1")')
    set_aside: list[int] = []

    small.project().up(lambda _: set_aside.append(gc.get_freeze_count()))

    assert set_aside
    assert min(set_aside) > 1000
    assert gc.get_freeze_count() == 0
