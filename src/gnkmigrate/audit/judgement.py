"""What a gap is called, how severe it is, why it matters and what to do, in any project."""

from collections.abc import Iterator

from gnkmigrate.audit.gap import Gap
from gnkmigrate.audit.kind_words import KindWords, Words, kind_words, numbers
from gnkmigrate.kinds import kind_of, kinds
from gnkmigrate.kinds.change import Change

_GAP_NUMBERS = {"missing": 1, "extra": 2, "different": 3}
_SHAPE_NUMBERS = {"names": 4, "design": 5}
_SHAPE_SLUGS = {"names": "constraint-names", "design": "table-design"}


def gap_check(gap: Gap) -> tuple[str, str]:
    """The stable id and the slug of a kind of gap, e.g. ("GNK-G011", "missing-table")."""
    kind = gap.subject.kind
    if gap.shape == "object":
        return _id(kind_words(kind).number, _GAP_NUMBERS[gap.kind]), _slug(gap.kind, kind)
    return _id(kind_words(kind).number, _SHAPE_NUMBERS[gap.shape]), _SHAPE_SLUGS[gap.shape]


def gap_names() -> frozenset[str]:
    """Every id and slug that `gap_check` gives."""
    known = numbers()
    ids = {_id(number, last) for number in known.values() for last in _GAP_NUMBERS.values()}
    ids |= {_id(known["table"], last) for last in _SHAPE_NUMBERS.values()}
    slugs = {_slug(gap, kind) for gap in _GAP_NUMBERS for kind in kinds()}
    return frozenset({*ids, *slugs, *_SHAPE_SLUGS.values()})


def words_of(gap: Gap) -> Words:
    """What is said of a gap where the project says nothing."""
    known = kind_words(gap.subject.kind)
    if gap.shape != "object":
        return known.sections[gap.shape].general
    if gap.kind != "different":
        return known.sections[gap.kind].of_thing(gap.subject.payload)
    if all(change.verb == "rename" for change in gap.changes):
        return known.sections.get("renamed", known.sections["different"]).general
    return _severest(gap, known)


def _severest(gap: Gap, known: KindWords) -> Words:
    """Of all that differs about a thing, what matters most; general words first."""
    general = known.sections["different"].general
    found = [
        words
        for change in gap.changes
        if change.identity == gap.subject.identity or kind_of(change.kind).of_column
        for words in _of_change(change)
    ]
    return max(found or [general], key=lambda words: (words.severity, words == general))


def _of_change(change: Change) -> Iterator[Words]:
    sections = kind_words(change.kind).sections
    if change.after is None:
        yield sections["extra"].of_thing(change.fact.payload)
    elif change.before is None:
        yield sections["missing"].of_thing(change.fact.payload)
    elif change.verb == "alter":
        different = sections["different"]
        for attribute in change.differing:
            value = change.after.payload.get(attribute)
            yield different.of_value(attribute, value) or different.general


def _id(number: int, last: int) -> str:
    return f"GNK-G{number:02}{last}"


def _slug(gap: str, kind: str) -> str:
    return f"{gap}-{kind.replace(' ', '-')}"
