"""What speaks against encrypting columns."""

from collections.abc import Iterator, Sequence

from gnkmigrate.errors import PhaseRefused
from gnkmigrate.facts.fact import Identity
from gnkmigrate.operations.encryption.key import pgcrypto_of
from gnkmigrate.operations.encryption.spec import Encryption
from gnkmigrate.operations.preflight.triggers import fired_after
from gnkmigrate.run import dependents
from gnkmigrate.run.names import literal, quoted, split
from gnkmigrate.run.step import Refusal
from gnkmigrate.run.work import Work

_STATE = """
SELECT wanted.name,
       CASE WHEN attnum IS NULL THEN 'is not there'
            WHEN format_type(atttypid, NULL) NOT IN ('text', 'character varying') THEN 'is no text'
            WHEN attnotnull THEN 'is NOT NULL'
            WHEN attgenerated <> '' THEN 'is generated'
            WHEN EXISTS (SELECT FROM pg_constraint
                         WHERE conrelid = attrelid AND attnum = ANY (conkey))
                THEN 'is in a constraint'
            WHEN EXISTS (SELECT FROM pg_depend JOIN pg_index ON objid = indexrelid
                         WHERE classid = 'pg_class'::regclass AND refobjid = attrelid
                           AND refobjsubid = attnum)
                THEN 'is in an index'
            WHEN EXISTS (SELECT FROM pg_attribute AS kept WHERE kept.attrelid = attribute.attrelid
                         AND kept.attname = 'gnkmigrate_kept_' || attribute.attname)
                THEN 'has its old values beside it until contract'
       END
FROM unnest({names}::text[]) AS wanted (name)
LEFT JOIN pg_attribute AS attribute
    ON attrelid = to_regclass({table}) AND attname = wanted.name AND NOT attisdropped
"""


def refusals(work: Work, spec: Encryption) -> Sequence[Refusal]:
    """The first of: no pgcrypto, columns that cannot be, triggers that come later, no key."""
    if not pgcrypto_of(work):
        message = "The extension pgcrypto is not installed."
        return (Refusal(message, hint='op.create_extension("pgcrypto") before.'),)
    if wrong := [*_wrong(work, spec)]:
        message = f"Columns of {spec.table} cannot be encrypted."
        hint = "What is encrypted is in no index, no constraint, and nobody else's."
        return (Refusal(message, wrong, len(wrong), hint),)
    later = fired_after(work.facts, Identity("table", split(spec.table)), spec.trigger_name)
    if later:
        message = f"Triggers of {spec.table} would fire after the one that encrypts."
        hint = f"Give them names that sort before {spec.trigger_name}: ALTER TRIGGER ..."
        return (Refusal(message, later, len(later), hint),)
    try:
        work.load_key()
    except PhaseRefused as error:
        return (Refusal(error.message, hint=error.hint),)
    return ()


def _wrong(work: Work, spec: Encryption) -> Iterator[str]:
    """What is wrong with the columns, and who uses those that are there."""
    names = f"ARRAY[{', '.join(map(literal, spec.plain))}]"
    found = work.execute(_STATE.format(names=names, table=literal(quoted(spec.table)))).fetchall()
    yield from (f"{name} {what}" for name, what in found if what)
    if any(what == "is not there" for _, what in found):
        return
    for base, made in dependents.generated_of(work, spec.table, spec.plain):
        yield f"{base} is in a generated column, {made}"
    yield from dependents.dependents(work, spec.table, spec.plain)
