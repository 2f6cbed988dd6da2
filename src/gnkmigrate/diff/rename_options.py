"""Renames as the user writes them: table public.picture = photo."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from gnkmigrate.diff.renames import Renames
from gnkmigrate.errors import GnkMigrateError
from gnkmigrate.facts.fact import Identity
from gnkmigrate.facts.new_names import NewNames
from gnkmigrate.kinds import kinds
from gnkmigrate.kinds.kind import Kind
from gnkmigrate.kinds.types import ALIASES
from gnkmigrate.postgres.routine import parted

_OTHER_WORDS: Mapping[str, str] = {
    "enum label": "label",
    "procedure": "function",
    "aggregate": "function",
    "routine": "function",
}
_TYPES = "pg_type"
_ANY_TYPE = "type"
_LEVELS_INSIDE = 3  # schema, type, and what is inside of that

# One part of a name: quoted, or up to the next dot; with the arguments of a function.
_PART = re.compile(
    r'(?P<name>"(?:[^"]|"")+"|[^".()=]+)(?P<arguments>\([^()]*(?:\(\d+\)[^()]*)*\))?'
)
_PLAIN = re.compile(r'[^\s".()=]+')
_EXAMPLE = "Write KIND OLD = NEW, such as: table public.picture = photo"


class RenameUnclear(GnkMigrateError):
    """What the user says of a rename cannot be understood."""


def read_renames(renames: Iterable[str], gone: Iterable[str] = ()) -> Renames:
    """What the user says.

    Args:
        renames: such as "column public.photo.title = caption". The new name stands alone, or with
            all that it lives in.
        gone: what has no new name, such as "table public.picture".

    Raises:
        RenameUnclear: one of them is written otherwise, names a kind that does not exist or knows
            no rename, or contradicts another.
    """
    said: dict[Identity, tuple[str, tuple[str, ...]]] = {}
    for text in renames:
        for old, new in _pairs(text):
            if said.setdefault(old, (text, new))[1] != new:
                raise RenameUnclear(
                    f"{_words(old)} has two new names.",
                    details=[said[old][0], text],
                    hint="Leave one of them out; renames may stand in gnkmigrate.toml as well.",
                )
    left = frozenset(identity for text in gone for identity in _gone(text))
    if both := sorted(left & said.keys()):
        raise RenameUnclear(
            f"{_words(both[0])} has a new name, and is said to have none.",
            hint="Leave out --rename, or --no-rename.",
        )
    return Renames.of(*_placed(said), gone=left)


def known_renames(settled: Iterable[str], given: Renames) -> Renames:
    """What the settings say of renames, and what is given for one run, which wins.

    Raises:
        RenameUnclear: the settings say what cannot be understood.
    """
    known = read_renames(settled)
    kept = {old: new for old, new in known.pairs.items() if old not in given.gone}
    return replace(Renames.of(*kept.items()), standing=frozenset(kept)).and_also(given)


def written(old: Identity, new: Identity) -> str:
    """A rename as the user would write it."""
    return f"{_reference(old)} = {_part(new.name)}"


def written_alone(identity: Identity) -> str:
    """What has no new name, as the user would write it."""
    return _reference(identity)


def called(kind: str) -> str:
    """A kind in the user's words, who need not know which sort of type a type is."""
    return _ANY_TYPE if kind in kinds() and _is_type(kinds()[kind]) else kind


def holder_of(word: str) -> Kind | None:
    """The kind whose things hold what is called so: an enum, its labels."""
    return _inner_words().get(word)


def _inner_words() -> Mapping[str, Kind]:
    return {kind.inner_word: kind for kind in kinds().values() if kind.inner_word}


def _pairs(text: str) -> Iterator[tuple[Identity, tuple[str, ...]]]:
    found, rest = _kinds(text)
    old, rest = _name(rest, text)
    if not rest.startswith("="):
        raise _unclear(text, "it has no = between the old and the new name")
    new, rest = _name(rest[1:].strip(), text)
    if rest:
        raise _unclear(text, f"nothing is expected after {_words_of(new)}")
    for kind in found:
        _require_levels(text, kind, old)
        if len(new) not in {1, len(old)}:
            raise _unclear(text, f"{_words_of(new)} is neither a name alone nor a whole one")
        yield Identity(kind, old), (*new[:-1], _with_arguments(new[-1], old[-1]))


def _gone(text: str) -> Iterator[Identity]:
    found, rest = _kinds(text)
    name, rest = _name(rest, text)
    if rest:
        raise _unclear(text, "--no-rename takes what it is and its name alone")
    for kind in found:
        _require_levels(text, kind, name)
        yield Identity(kind, name)


def _placed(
    said: Mapping[Identity, tuple[str, tuple[str, ...]]],
) -> Iterator[tuple[Identity, Identity]]:
    """The pairs, the new names with what they live in under the new names of that."""
    names = {old.path: new[-1] for old, (_, new) in said.items()}
    types = _types(said)
    places: dict[Identity, Identity] = {}
    for old, (text, new) in said.items():
        levels = range(1, len(old.path))
        place = tuple(names.get(old.path[:level], old.path[level - 1]) for level in levels)
        if len(new) > 1 and new[:-1] not in {place, old.path[:-1]}:
            raise _unclear(
                text,
                f"a rename does not move anything from {_words_of(old.path[:-1])} to "
                f"{_words_of(new[:-1])}",
            )
        becomes = Identity(old.kind, (*place, _retyped(new[-1], old, types)))
        if becomes in places:
            raise RenameUnclear(
                f"{_words(becomes)} is the new name of two things: {_words(places[becomes])} and "
                f"{_words(old)}.",
                hint="Leave one of them out.",
            )
        places[becomes] = old
        yield old, becomes


def _types(said: Mapping[Identity, tuple[str, tuple[str, ...]]]) -> NewNames:
    """The new names of schemas and types, by which functions are called."""
    return NewNames(
        {
            old: Identity(old.kind, (*old.path[:-1], new[-1]))
            for old, (_, new) in said.items()
            if old.kind == "schema" or (old.kind in kinds() and _is_type(kinds()[old.kind]))
        }
    )


def _retyped(name: str, old: Identity, types: NewNames) -> str:
    """A function's new name, where it is said with the types as they are called before."""
    as_before = old.kind == "function" and parted(name)[1] == parted(old.name)[1]
    return types.of(Identity(old.kind, (name,))).name if as_before else name


def _kinds(text: str) -> tuple[Sequence[str], str]:
    """The kinds that the first words of a text name, and the rest."""
    known = [*kinds(), *_inner_words(), *_OTHER_WORDS, _ANY_TYPE]
    fitting = {name: found for name in known if (found := _begins(name, text))}
    if not fitting:
        renamable = ", ".join(
            sorted({*_inner_words(), _ANY_TYPE, *filter(_can_be_renamed, kinds())})
        )
        raise RenameUnclear(
            f"{text!r} does not begin with a kind of object.",
            details=[f"kinds: {', '.join(sorted(renamable))}"],
            hint=_EXAMPLE,
        )
    name = max(fitting, key=len)
    rest = text[fitting[name].end() :].strip()
    if name == _ANY_TYPE:
        return [each for each, kind in kinds().items() if _is_type(kind)], rest
    name = _OTHER_WORDS.get(name, name)
    if holder_of(name) is None and not _can_be_renamed(name):
        raise _unclear(text, f"no {name} can be given another name")
    return [name], rest


def _begins(name: str, text: str) -> re.Match[str] | None:
    words = r"\s+".join(name.split())
    return re.match(rf"\s*{words}\s+", text, re.IGNORECASE)


def _can_be_renamed(name: str) -> bool:
    kind = kinds()[name]
    return kind.can_be_renamed and kind.has_comment and not kind.is_satellite


def _is_type(kind: Kind) -> bool:
    return kind.catalog == _TYPES and kind.can_be_renamed and not kind.of_column


def _name(rest: str, text: str) -> tuple[tuple[str, ...], str]:
    """The parts of the name that a text begins with, and what comes after it."""
    parts: list[str] = []
    while found := _PART.match(rest):
        name = found["name"].strip()
        if name.startswith('"'):
            name = name[1:-1].replace('""', '"')
        if not name:
            break
        parts.append(f"{name}{_spelled(found['arguments'] or '')}")
        rest = rest[found.end() :].lstrip()
        if not rest.startswith("."):
            return tuple(parts), rest
        rest = rest[1:]
    raise _unclear(text, "a name is missing, or a quote")


def _spelled(arguments: str) -> str:
    """The types of a function's arguments as PostgreSQL prints them: (int,text) may be written."""
    if not arguments or '"' in arguments:
        return arguments
    types = (each.strip() for each in arguments[1:-1].split(","))
    return f"({', '.join(map(_full_name, types))})"


def _full_name(type_: str) -> str:
    element = type_.removesuffix("[]")
    return ALIASES.get(element.lower(), element) + type_[len(element) :]


def _require_levels(text: str, kind: str, name: tuple[str, ...]) -> None:
    levels = _levels(kind)
    if len(name) != levels:
        shape = ".".join(["schema", *(["table"] if levels > 2 else []), "name"][-levels:])  # noqa: PLR2004
        raise _unclear(text, f"the name of a {kind} is written {shape}, with a dot between")
    if kind == "function" and not name[-1].endswith(")"):
        raise _unclear(text, f"a function has its arguments behind it: {name[-1]}(integer, text)")


def _levels(kind: str) -> int:
    """Of how many parts the path of a kind consists."""
    if holder_of(kind) is not None:
        return _LEVELS_INSIDE
    known = kinds()[kind]
    if not known.parent_catalog:
        return 1
    return 2 if known.in_schema or known.parent_catalog == "pg_namespace" else 3


def _with_arguments(new: str, old: str) -> str:
    """The new name of a function, which keeps its arguments."""
    has_own = new.endswith(")") or not old.endswith(")")
    return new if has_own else f"{new}{parted(old)[1]}"


def _reference(identity: Identity) -> str:
    return f"{identity.kind} {'.'.join(map(_part, identity.path))}"


def _part(name: str) -> str:
    """A part of a name, in quotes where it could be misread."""
    plain, types = parted(name)
    if types:
        return f"{_part(plain)}{types}"
    return name if _PLAIN.fullmatch(name) else '"' + name.replace('"', '""') + '"'


def _words(identity: Identity) -> str:
    reference = _reference(identity)
    return f"{reference[0].upper()}{reference[1:]}"


def _words_of(path: Sequence[str]) -> str:
    return ".".join(map(_part, path))


def _unclear(text: str, why: str) -> RenameUnclear:
    return RenameUnclear(f"The rename {text!r} is not understood: {why}.", hint=_EXAMPLE)
