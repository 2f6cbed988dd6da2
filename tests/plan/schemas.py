"""Schemas drawn at random from things of every kind, and mutations of them.

things/*.sql has the things, each under a line "--- kind name: how commands refer to it", in an
order in which they can be made. What stands in braces is drawn: "{|UNIQUE }INDEX". An alternative
that ends in "@15" is the first one on servers older than that. A thing needs those whose names its
SQL mentions, so that a schema is whole when all that is mentioned is in it. Comments, owners and
grants are things as well, which the kinds themselves tell to be possible.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from hypothesis import strategies as st

from gnkmigrate.kinds import kinds

# Names that no other test has: roles are the server's, and whoever loads a script makes its roles.
ROLES = ("laws_app", "laws_carol")
CHIEF = "laws_chief"  # a superuser, as owners of some things have to be
SATELLITES = frozenset({"comment", "owner", "grants"})

_FOLDER = Path(__file__).parent / "things"
_ENTRY = re.compile(r"^--- (?P<title>[^:\n]+)(?:: (?P<reference>.+))?\n", re.MULTILINE)
_CHOICE = re.compile(r"\{([^{}]*\|[^{}]*)\}")
_SINCE = re.compile(r" @(\d+)$")
_STATEMENT_END = re.compile(r"(?<=;)\n")

_GRANTS = {
    "TABLE": "{SELECT|INSERT, UPDATE|ALL}",
    "SEQUENCE": "{USAGE|SELECT, UPDATE}",
    "ROUTINE": "EXECUTE",
    "SCHEMA": "{USAGE|CREATE}",
}
_GRANTEE = "{laws_app|PUBLIC|laws_carol WITH GRANT OPTION}"
_OWNED_BY_CHIEFS = frozenset(
    {"event trigger", "foreign data wrapper", "publication", "subscription"}
)
# What has the owner of what it belongs to, or is a parameter of CREATE alone.
_UNOWNED = frozenset({"column", "identity", "partition", "inherited column"})


@dataclass(frozen=True)
class Thing:
    """Something that a schema may have, with all the forms that it may take.

    Attributes:
        kind: of the fact that it is about.
        name: by which others mention it; "" where nobody does.
        template: its SQL.
        place: where it stands in the order in which things are made.
        subject: what it says something about: a comment's table.
    """

    kind: str
    name: str
    template: str
    place: int
    subject: "Thing | None" = None

    @cached_property
    def choices(self) -> tuple[tuple[str, ...], ...]:
        return tuple(tuple(each.split("|")) for each in _CHOICE.findall(self.template))

    def sql(self, picks: tuple[int, ...], major: int) -> str:
        taken = iter(zip(self.choices, picks, strict=True))

        def pick(_: re.Match[str]) -> str:
            alternatives, number = next(taken)
            since = _SINCE.search(alternatives[number])
            if since and major < int(since[1]):
                return alternatives[0]
            return _SINCE.sub("", alternatives[number])

        return _CHOICE.sub(pick, self.template)

    def __repr__(self) -> str:
        return f"{self.kind} {self.subject or self.name or self.place}"


@dataclass(frozen=True)
class Part:
    """A thing in one of its forms."""

    thing: Thing
    picks: tuple[int, ...]

    def sql(self, major: int) -> str:
        return self.thing.sql(self.picks, major)

    @cached_property
    def needs(self) -> frozenset[Thing]:
        """The things that it mentions."""
        found = {_named()[name] for name in _mentions().findall(self.sql(_NEWEST))}
        about = {self.thing.subject} if self.thing.subject else set()
        return frozenset(found | about) - {self.thing}

    def __repr__(self) -> str:
        return f"{self.thing!r}{list(self.picks)}"


_NEWEST = 99


@dataclass(frozen=True)
class Schema:
    """Parts that have all that they need, in the order in which they can be made."""

    parts: tuple[Part, ...]

    @classmethod
    def of(cls, parts: Iterable[Part]) -> "Schema":
        """These parts, and in its first form whatever else they need."""
        known = {part.thing: part for part in parts}
        waiting = list(known.values())
        while waiting:
            for need in waiting.pop().needs:
                if need not in known:
                    known[need] = Part(need, (0,) * len(need.choices))
                    waiting.append(known[need])
        return cls(tuple(sorted(known.values(), key=lambda part: part.thing.place)))

    def without(self, things: Iterable[Thing]) -> "Schema":
        """What is left when these go, with all that needs them."""
        gone = {*things}
        left = []
        for part in self.parts:
            if part.thing in gone or part.needs & gone:
                gone.add(part.thing)
            else:
                left.append(part)
        return Schema(tuple(left))

    def sql(self, major: int, *, rows: bool = False) -> str:
        statements = "\n".join(part.sql(major) for part in self.parts)
        return "\n".join(
            each
            for each in _STATEMENT_END.split(statements)
            if rows or not each.startswith("INSERT ")
        )


@cache
def things() -> tuple[Thing, ...]:
    """Everything that there may be."""
    made: list[Thing] = []
    for file in sorted(_FOLDER.glob("*.sql")):
        text = file.read_text()
        entries = [*_ENTRY.finditer(text)]
        ends = [*(entry.start() for entry in entries[1:]), len(text)]
        for entry, end in zip(entries, ends, strict=True):
            kind = _kind(entry["title"])
            name = entry["title"].removeprefix(kind).strip() if entry["reference"] else ""
            template = text[entry.end() : end].strip()
            thing = Thing(kind, name, template, len(made))
            made.append(thing)
            for satellite, command in _satellites(kind, entry["reference"]):
                made.append(Thing(satellite, "", command, len(made), thing))
    return tuple(made)


def _kind(title: str) -> str:
    return max((name for name in kinds() if title.startswith(f"{name} ")), key=len)


def _satellites(kind: str, reference: str | None) -> Iterator[tuple[str, str]]:
    if not reference:
        return
    known = kinds()[kind]
    word, _, name = reference.partition(" ")
    if known.has_owner and kind not in _UNOWNED:
        owner = CHIEF if kind in _OWNED_BY_CHIEFS else "{laws_app|laws_carol}"
        yield "owner", f"ALTER {reference} OWNER TO {owner};"
    if word == "COLUMN":
        table, _, column = name.rpartition(".")
        yield "grants", f"GRANT {{SELECT|UPDATE, SELECT}} ({column}) ON {table} TO {_GRANTEE};"
    elif grant_word := known.grant_word:
        named = re.sub(rf"^{known.word}|^PROCEDURE|^AGGREGATE|^TABLE", "", reference).strip()
        privilege = _GRANTS.get(grant_word, "USAGE")
        yield "grants", f"GRANT {privilege} ON {grant_word} {named} TO {_GRANTEE};"
    yield "comment", f"COMMENT ON {reference} IS '{{one|it''s two}}';"


@cache
def _named() -> Mapping[str, Thing]:
    return {thing.name: thing for thing in things() if thing.name}


@cache
def _mentions() -> re.Pattern[str]:
    names = sorted(_named(), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, names))})(?!\w)")


def _part(thing: Thing) -> st.SearchStrategy[Part]:
    picks = st.tuples(*(st.integers(0, len(each) - 1) for each in thing.choices))
    return st.builds(Part, st.just(thing), picks)


def _parts(size: int, *, of: frozenset[str] | None = None) -> st.SearchStrategy[list[Part]]:
    """Parts of things of these kinds, or of all."""
    chosen = [thing for thing in things() if of is None or thing.kind in of]
    return st.lists(
        st.sampled_from(chosen).flatmap(_part), max_size=size, unique_by=lambda part: part.thing
    )


schemas = _parts(40).map(Schema.of)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Schema, Schema]:
    """A schema and another: any, or the same with some parts dropped, added and altered."""
    before = draw(schemas)
    if draw(st.integers(0, 3)) == 0:
        return before, draw(schemas)
    dropped: list[Thing] = []
    if before.parts:
        present = [part.thing for part in before.parts]
        dropped = draw(st.lists(st.sampled_from(present), max_size=3))
        altered = draw(st.lists(st.sampled_from(present).flatmap(_part), max_size=6))
    else:
        altered = []
    left = before.without(dropped)
    return before, Schema.of([*left.parts, *altered, *draw(_parts(4))])


@st.composite
def outward_pairs(draw: st.DrawFn) -> tuple[Schema, Schema]:
    """A schema, and the same with other comments, owners and grants on what there is."""
    before = draw(schemas)
    there = {part.thing for part in before.parts}
    new = [part for part in draw(_parts(40, of=SATELLITES)) if part.needs <= there]
    kept = [
        part
        for part in before.parts
        if part.thing.kind not in SATELLITES or draw(st.integers(0, 3)) > 0
    ]
    return before, Schema.of([*kept, *new])
