"""Statements that are put together say what all of them do."""

from gnkmigrate.kinds.statement import Statement, at_once


def test_several_at_once_take_the_strongest_lock_of_all() -> None:
    (both,) = at_once(
        (
            Statement("A", "One.", lock="SHARE UPDATE EXCLUSIVE", relation="public.t"),
            Statement("B", "Two.", lock="ACCESS EXCLUSIVE", relation="public.t", scans=True),
            Statement("C", "Three.", lock="SHARE", relation="public.u"),
        )
    )
    assert (both.sql, both.lock, both.relation) == ("A;\nB;\nC", "ACCESS EXCLUSIVE", "public.t")
    assert both.beside == (("public.u", "SHARE"),)
    assert both.scans
    assert both.is_several


def test_what_wants_no_transaction_stays_alone() -> None:
    statements = (Statement("A", "One."), Statement("B", "Two.", transactional=False))
    assert at_once(statements) == statements
