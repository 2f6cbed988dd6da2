"""What fires at a plan's own statements is silent while what it runs does not work.

The code of an event trigger is a text: PostgreSQL does not follow a table that it names when that
gets another name, and the function has its new text before or after, never at once. So a command in
between would fail in the trigger.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.kinds import kind_of, kinds
from gnkmigrate.kinds.context import Context
from gnkmigrate.plan.action import Action
from gnkmigrate.postgres.routine import parted

_WORD = re.compile(r'"(?P<quoted>(?:[^"]|"")+)"|[^\W\d][\w$]*')


def silenced(actions: Sequence[Action], context: Context) -> tuple[Action, ...]:
    """The actions; what would fire and fail is silent before the first, and not after the last."""
    found = tuple(actions)
    enclosing = (name for name, known in kinds().items() if known.encloses)
    for fact in (each for name in enclosing for each in context.source.of_kind(name)):
        known, after = kind_of(fact.kind), context.target.facts.get(context.names.of(fact.identity))
        quiet = known.silent(fact)
        if after and quiet and _breaks(fact, actions, context):
            then = known.silent(after)  # None where it is to be silent for good
            found = _in_two(found, fact, quiet if then else after, then, after)
    return found


def _in_two(
    actions: tuple[Action, ...], before: Fact, quiet: Fact, then: Fact | None, after: Fact
) -> tuple[Action, ...]:
    own = [each for each in actions if each.fact.identity == after.identity]
    if any(each.verb in {"create", "drop"} for each in own):
        return actions  # it is not there meanwhile
    others = tuple(each for each in actions if each not in own or each.verb == "rename")
    # It waits for nothing.
    quiet = quiet.replaced(identity=after.identity, depends_on=frozenset())
    silence = (*others, Action("alter", before, quiet))
    return (*silence, Action("finish", then, after)) if then else silence


def _breaks(fact: Fact, actions: Sequence[Action], context: Context) -> bool:
    """Whether code that it runs names something that goes, or is called otherwise, meanwhile."""
    run = _run_by(fact, context)
    words = {word for each in run.values() for word in _words(kind_of(each.kind).text(each))}
    others = (each for each in actions if each.fact.identity != fact.identity)
    changes = any(each.before and each.before.identity in run for each in actions)
    if changes and not all(map(_is_code, others)):
        return True
    return any(
        set(_names(each.before, context)) <= words
        for each in actions
        if each.before and each.verb in {"rename", "drop"} and _is_named(each.before)
    )


def _is_code(action: Action) -> bool:
    known = kind_of(action.fact.kind)
    return known.is_satellite or bool(known.text(action.fact))


def _run_by(fact: Fact, context: Context) -> Mapping[Identity, Fact]:
    """The code that it runs, however indirectly, as far as its words tell."""
    code = [each for each in context.source if kind_of(each.kind).text(each)]
    found = {each.identity: each for each in code if each.identity in fact.depends_on}
    waiting = [*found.values()]
    while waiting:
        text = waiting.pop()
        words = {*_words(kind_of(text.kind).text(text))}
        for each in code:
            if each.identity not in found and _plain(each) in words:
                found[each.identity] = each
                waiting.append(each)
    return found


def _is_named(fact: Fact) -> bool:
    """Whether code names it: what is in a schema, or that itself, and columns."""
    known = kind_of(fact.kind)
    in_schema = known.depth <= 1 and not known.is_satellite and not known.encloses
    return in_schema or fact.kind == "column"


def _names(fact: Fact, context: Context) -> Iterator[str]:
    """Its name, and for a column that of its table."""
    yield _plain(fact)
    above = context.source.facts.get(fact.parent) if fact.parent else None
    if above is not None and above.kind != "schema":
        yield _plain(above)


def _plain(fact: Fact) -> str:
    return parted(fact.identity.name)[0]


def _words(text: str) -> Iterator[str]:
    for found in _WORD.finditer(text):
        if found["quoted"]:
            yield found["quoted"].replace('""', '"')
            yield from _words(found["quoted"].replace('"', " "))  # a text that is run as SQL
        else:
            yield found[0].lower()
