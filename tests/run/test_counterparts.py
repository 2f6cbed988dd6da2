"""A downgrade that does not fit its upgrade is refused when it is read."""

import pytest

from gnkmigrate.errors import PhaseRefused, RevisionError
from gnkmigrate.run.phase import read_steps
from tests.small import Small

MAKE = 'op.step("make", "CREATE TABLE made ()")'
DROP = 'op.step("make", "DROP TABLE made")'


def read(small: Small, up: str, down: str = "pass", irreversible: str = "") -> None:
    small.revision(1, up, down, irreversible=irreversible)
    read_steps(small.phases)


def test_a_title_that_upgrade_does_not_know_is_refused(small: Small) -> None:
    with pytest.raises(RevisionError, match="takes back what upgrade") as refused:
        read(small, MAKE, 'op.step("mkae", "DROP TABLE made")')
    assert refused.value.details == ('"mkae": did you mean "make"?',)


def test_so_is_a_step_that_belongs_to_no_other(small: Small) -> None:
    with pytest.raises(RevisionError, match="takes back what upgrade"):
        read(small, MAKE, f'{DROP}; op.guard("Rows.", "SELECT 1", of="maek")')


def test_what_nothing_takes_back_is_refused(small: Small) -> None:
    with pytest.raises(RevisionError, match="does not take back") as refused:
        read(small, f"{MAKE}; op.execute('CREATE TABLE other ()')", DROP)
    assert refused.value.details == ('"ordinary operations 1"',)


@pytest.mark.parametrize(
    ("up", "down"),
    [
        (MAKE, DROP),
        (f'{MAKE}; op.verify("it is there", "SELECT true")', DROP),
        (MAKE, f'op.guard("Rows.", "SELECT 1"); {DROP}'),
        (f'{MAKE}; op.step("count", "ANALYZE made", irreversible="it goes with the table")', DROP),
        ("op.execute('CREATE TABLE made ()')", "op.execute('DROP TABLE made')"),
    ],
)
def test_what_fits_is_read(small: Small, up: str, down: str) -> None:
    read(small, up, down)


def test_a_revision_may_be_irreversible_and_then_it_is(small: Small) -> None:
    read(small, MAKE, irreversible="the letters have been sent")
    small.project().up()
    with pytest.raises(PhaseRefused, match="cannot be taken back: the letters have been sent"):
        small.project().down()
