"""What an audit says of gaps stands with each kind, and is whole."""

from collections import Counter

import pytest

from gnkmigrate.audit.kind_words import kind_words, numbers
from gnkmigrate.kinds import kind_of, kinds

KINDS = sorted(kinds())


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_words_for_every_gap(kind: str) -> None:
    sections = kind_words(kind).sections
    assert {"missing", "extra", "different"} <= sections.keys()
    for section in sections.values():
        specials = [words for each in section.special.values() for words in each.values()]
        for words in (section.general, *specials):
            assert words.impact.endswith(".")
            assert words.recommendation.endswith(".")


@pytest.mark.parametrize("kind", KINDS)
def test_words_are_about_attributes_that_there_are(kind: str) -> None:
    known = kind_of(kind)
    for section in kind_words(kind).sections.values():
        assert section.special.keys() <= known.attributes.keys()


def test_no_two_kinds_share_a_number() -> None:
    assert [number for number, count in Counter(numbers().values()).items() if count > 1] == []


def test_what_is_left_out_is_as_in_the_words_around_it() -> None:
    missing = kind_words("constraint").sections["missing"]
    check, key = missing.of_thing({"type": "check"}), missing.of_thing({"type": "foreign key"})
    assert (check.severity.label, key.severity.label) == ("medium", "high")
    assert check.impact == key.impact


def test_a_value_may_matter_more_than_its_attribute() -> None:
    different = kind_words("column").sections["different"]
    forbidden, allowed = (different.of_value("not_null", value) for value in (True, False))
    assert forbidden is not None
    assert allowed is not None
    assert forbidden.severity > allowed.severity
    assert different.of_value("type", "text") is None
