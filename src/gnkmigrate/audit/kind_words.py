"""What is said of the gaps of a kind: kinds/NAME/words.toml, each read once.

[missing], [extra] and [different] say how severe such a gap is, why it matters and what to do;
[renamed] says it of a thing that merely has another name, where that is another matter. A table
inside of them says it of one value of an attribute, [missing.type."foreign key"], or of an
attribute that differs, [different.expression]; what it leaves out is as in the table around it.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from gnkmigrate.audit.finding import Severity
from gnkmigrate.kinds import kinds

_ANY = ""


@dataclass(frozen=True)
class Words:
    """What the audit says of a gap where the project has no opinion of its own.

    Attributes:
        severity: how much it matters in any project.
        impact: why it matters.
        recommendation: what to do about it.
    """

    severity: Severity
    impact: str
    recommendation: str


@dataclass(frozen=True)
class Section:
    """The words for one kind of gap.

    Attributes:
        general: where nothing more special is said.
        special: by attribute and value; the value "" is any.
    """

    general: Words
    special: Mapping[str, Mapping[str, Words]]

    def of_value(self, attribute: str, value: Any) -> Words | None:
        """What is said of this value in particular; None for nothing."""
        values = self.special.get(attribute, {})
        return values.get(_text(value)) or values.get(_ANY)

    def of_thing(self, payload: Mapping[str, Any]) -> Words:
        """What is said of a thing as a whole: of the first attribute that is spoken of."""
        found = (self.of_value(each, payload.get(each)) for each in self.special)
        return next((words for words in found if words is not None), self.general)


@dataclass(frozen=True)
class KindWords:
    """A words.toml.

    Attributes:
        number: the first number of its gaps' ids. It stays for ever: fingerprints hang on it.
        sections: by missing, extra, different and the like.
    """

    number: int
    sections: Mapping[str, Section]


@cache
def kind_words(kind: str) -> KindWords:
    """What is said of gaps of a kind."""
    folder = resources.files("gnkmigrate").joinpath("kinds", kind.replace(" ", "_"))
    content = tomllib.loads(folder.joinpath("words.toml").read_text(encoding="utf-8"))
    number = content.pop("number")
    return KindWords(number, {name: _section(table) for name, table in content.items()})


def numbers() -> Mapping[str, int]:
    """The number of every kind."""
    return {kind: kind_words(kind).number for kind in kinds()}


def _section(table: Mapping[str, Any]) -> Section:
    general = _words(table, None)
    return Section(general, {name: dict(_values(each, general)) for name, each in _tables(table)})


def _values(table: Mapping[str, Any], general: Words) -> Iterator[tuple[str, Words]]:
    around = _words(table, general)
    if around != general:
        yield _ANY, around
    for value, each in _tables(table):
        yield value, _words(each, around)


def _words(table: Mapping[str, Any], around: Words | None) -> Words:
    if around is None:
        severity = Severity.named(table["severity"])
        return Words(severity, table["impact"], table["recommendation"])
    return Words(
        Severity.named(table["severity"]) if "severity" in table else around.severity,
        table.get("impact", around.impact),
        table.get("recommendation", around.recommendation),
    )


def _tables(table: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    return ((name, each) for name, each in table.items() if isinstance(each, dict))


def _text(value: Any) -> str:
    """A value as TOML names a table by it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
