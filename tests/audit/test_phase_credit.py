"""Which phase closes what."""

from gnkmigrate.audit.phase_credit import closing_phases
from gnkmigrate.facts.snapshot import Snapshot


def _closing(*open_after: set[str]) -> dict[str, str]:
    """The closing phases, given what is open before the first phase and after each."""
    states = [Snapshot.of((), database=str(number)) for number in range(len(open_after))]
    phases = [(f"phase {number}", state) for number, state in enumerate(states) if number]
    return dict(closing_phases(states[0], phases, lambda state: open_after[int(state.database)]))


def test_a_gap_closes_in_the_phase_after_which_it_is_gone() -> None:
    assert _closing({"a", "b"}, {"b"}, set()) == {"a": "phase 1", "b": "phase 2"}


def test_what_a_phase_opens_another_one_closes() -> None:
    assert _closing(set(), {"a"}, set()) == {"a": "phase 2"}


def test_a_gap_that_comes_back_closes_the_last_time() -> None:
    assert _closing({"a"}, set(), {"a"}, set()) == {"a": "phase 3"}


def test_what_stays_open_is_closed_by_none() -> None:
    assert _closing({"a", "b"}, set(), {"a"}) == {"b": "phase 1"}


def test_what_was_never_there_is_closed_by_none() -> None:
    assert _closing(set(), set()) == {}


def test_without_phases_nothing_closes() -> None:
    assert _closing({"a"}) == {}
