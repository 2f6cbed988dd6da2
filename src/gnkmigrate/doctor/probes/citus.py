"""Whether Citus spreads tables over several servers, and which."""

from collections import Counter
from collections.abc import Iterator, Mapping

from gnkmigrate.doctor.circumstances import Circumstances
from gnkmigrate.doctor.probe import Diagnosis, Probe
from gnkmigrate.postgres import citus
from gnkmigrate.text.numbers import counted

_WORDS: Mapping[citus.Kind, str] = {
    "distributed": "distributed table",
    "reference": "reference table",
    "one shard": "table of one shard",
    "local": "local table that it knows",
}


def examine(circumstances: Circumstances) -> Iterator[Diagnosis]:
    """Nothing where it is not."""
    version = citus.version(circumstances.live)
    tables = citus.tables(circumstances.live)
    if not version and not tables:
        return
    numbers = Counter(each.kind for each in tables)
    said = ", ".join(counted(numbers[kind], word) for kind, word in _WORDS.items() if numbers[kind])
    yield Diagnosis("ok", f"Citus {version or 'of an unknown version'}: {said or 'no tables'}")
    sharded = [f"{each.schema}.{each.name}: {each.words}" for each in tables if each.elsewhere]
    if sharded:
        yield Diagnosis(
            "warning",
            "Phases that give tables in shards another shape are refused.",
            tuple(sharded),
            "docs/citus.md tells what to do instead.",
        )


PROBE = Probe(55, "citus", examine, needs_database=True)
