"""What a revision gets wrong is said by name before anything has changed, in any argument."""

from collections.abc import Iterator

import pytest

from gnkmigrate.errors import PhaseRefused, RevisionError
from gnkmigrate.run import events
from tests.small import Small

TABLES = """
CREATE TYPE mood AS ENUM ('sad', 'glad');
CREATE TABLE u (id int PRIMARY KEY, email text UNIQUE, n int);
CREATE TABLE t (id int PRIMARY KEY, a text, b int, m mood, u_id int REFERENCES u);
CREATE TABLE side (t_id int PRIMARY KEY REFERENCES t, s text);
CREATE TABLE o (id int PRIMARY KEY, a text NOT NULL, b int);
CREATE VIEW v AS SELECT 1 AS one;
INSERT INTO u VALUES (1, 'x', 1), (2, 'z', 1);
INSERT INTO t VALUES (1, 'x', 5, 'sad', 1), (2, 'z', NULL, NULL, NULL)
"""
LOOKUP = 'op.extract_lookup("public.t", "a", "public.l", {})'
SPLIT = 'op.split_table("public.t", "public.e", {}'
MOVE = 'op.move_columns("public.t", "public.e", {"a": "x"}, key={"id": "t_id"}, '
NEW = "op.add_columns('public.t', ({},))"
CONSTRAINT = 'op.add_constraint("public.t", "c", "{}")'
LINK = """op.link_table(op.Linking("public.o", "public.e", columns=(op.renamed("a", "x"),),
    identity=("x",), reference="e_id", links=(op.renamed("id"), op.renamed("b")), owner=("id",),
    {}))"""
# What is wrong, and what is said of it.
WRONG = {
    LOOKUP.format('type="no_such"'): 'type "no_such" does not exist',
    LOOKUP.format('type="text"'): 'null value in column "id"',
    LOOKUP.format('key=""'): "a name is empty",
    LOOKUP.format('label="n" * 64'): "PostgreSQL cuts names after 63 bytes",
    LOOKUP.format('actions="ON DELETE EXPLODE"'): 'syntax error at or near "EXPLODE"',
    LOOKUP.format("new=(op.new('q', 'no_such'),)"): 'type "no_such" does not exist',
    LOOKUP.format("new=(op.new('q', 'int', not_null=True),)"): 'null value in column "q"',
    LOOKUP.format("new=(op.constant('q', 'int', 'no_such()'),)"): "no_such() does not exist",
    LOOKUP.format("new=(op.constant('q', 'int', \"'x'\"),)"): "invalid input syntax",
    LOOKUP.format("new=(op.answer('q', 'int', 'unsaid'),)"): "unsaid",
    'op.extract_lookup("public.t", "a", "nowhere.l")': 'There is no schema "nowhere"',
    'op.extract_lookup("public.t", "b", "public.l", label_type="int", not_null=True)': "nothing",
    SPLIT.format({"a": "x"}) + ', reference="")': "a name is empty",
    SPLIT.format({"a": "xmin"}) + ', reference="r")': "conflicts with a system column name",
    SPLIT.format({"a": "x"}) + ', reference="r", type="uuid DEFAULT no_such()")': "does not exist",
    MOVE + "new=(op.new('q', 'no_such'),))": 'type "no_such" does not exist',
    MOVE + "new=(op.new('q', 'int', not_null=True),))": 'null value in column "q"',
    MOVE.replace("public.e", "nowhere.e") + ")": 'There is no schema "nowhere"',
    "op.merge_tables('public.side', into='public.t', on={'t_id': 'id'}, columns={'s': ''})": "a"
    " name is empty",
    NEW.format("op.new('q', 'int', not_null=True)"): 'column "q" of relation "t" contains null',
    NEW.format("op.new('q', 'int', not_null=True, default='NULL')"): "contains null values",
    NEW.format("op.new('q', 'int', default='b + 1')"): "cannot use column reference",
    NEW.format("op.constant('q', 'int', '5')"): "op.add_columns does not say which columns",
    NEW.format("op.new('q' * 64, 'int')"): "PostgreSQL cuts names after 63 bytes",
    CONSTRAINT.format("FOREIGN KEY (a) REFERENCES public.u (id)"): "cannot be implemented",
    CONSTRAINT.format("FOREIGN KEY (b) REFERENCES public.u (n)"): "there is no unique constraint",
    CONSTRAINT.format("FOREIGN KEY (b) REFERENCES public.no (id)"): "public.no, which is not",
    CONSTRAINT.format("FOREIGN KEY (b) REFERENCES public.u (id) ON DELETE EXPLODE"): "EXPLODE",
    CONSTRAINT.format("UNIQUE (a)"): "needs an index",
    'op.resolve_reference("public.t", "a", "public.u", "email", type="int",'
    ' actions="ON DELETE EXPLODE")': "EXPLODE",
    "op.rename_columns('public.t', {'a': 'n' * 64})": "PostgreSQL cuts names after 63 bytes",
    "op.convert_columns('public.t', conversions=(op.cast('b', 'bigint', rename='n' * 64),))": "63",
    'op.add_unique("public.t", "c", ("b",), deferrable="SOMETIMES")': 'not "SOMETIMES"',
    'op.add_unique("public.v", "c", ("one",))': "public.v is not a table",
    'op.build_index("i", "public.v", "(one)")': "public.v is not a table",
    'op.build_index("i", "public.no", "(one)")': "There is no table public.no",
    'op.archive_type("public.no", ())': "public.no is not a type",
    'op.backfill("b", "public.t", "no", "UPDATE public.t AS x SET b = 1 WHERE :batch", alias="x",'
    ' irreversible="why")': "public.t has no no",
    LINK.format("where='no'"): 'column "no" does not exist',
    LINK.format("where=':row.b +'"): "syntax error",
    LINK.format("new=(op.new('q', 'no_such'),)"): 'type "no_such" does not exist',
    LINK.format("new_links=(op.new('q', 'no_such'),)"): 'type "no_such" does not exist',
    LINK.format("new_links=(op.new('q', 'int', not_null=True),)"): 'null value in column "q"',
    LINK.format("references={'b': 'public.no (id)'}"): "public.no is not there",
    LINK.format("references={'b': 'public.u (n)'}"): "there is no unique constraint",
    LINK.format("references={'b': 'public.u (id) ON DELETE EXPLODE'}"): "EXPLODE",
    LINK.format("indexes={'q': '(no)'}"): 'column "no" does not exist',
    LINK.format("indexes={'u': '(b)'}"): "something of public has its name",
    LINK.format("fallback={'no': '1'}"): "public.o has no column no",
    LINK.format("fallback={'a': 'no_such()'}"): "no_such() does not exist",
    LINK.format("handed={'b': \"'x'\"}"): "invalid input syntax",
    LINK.format("key_from='no'"): "no",
    LINK.format("hanging=('public.no',)"): "public.no is not there",
    LINK.format("key_type='no_such'"): 'type "no_such" does not exist',
    'op.convert_columns("public.t", conversions=(op.enum_text("m", "varchar(2)", "public.mood",'
    ' ("sad", "glad")),))': "public.t.m",
}


def refused(small: Small, operation: str) -> Iterator[str]:
    """What is said of it, and which steps had begun by then."""
    begun = []

    def watch(event: events.Event) -> None:
        if isinstance(event, events.StepStarted):
            begun.append(event.step)

    for file in small.folder.glob("versions/*.py"):
        file.unlink()
    small.reversible(1, operation)
    with pytest.raises((PhaseRefused, RevisionError)) as found:
        small.project().up(watch)
    yield "\n".join((str(found.value), *found.value.details))
    yield from begun


def test_it_is_refused_before_anything_has_changed(small: Small) -> None:
    small.reversible(1, 'op.keep_shape("public.t")')
    project = small.project()
    project.execute(TABLES)
    before = project.dump
    missed = {}
    for operation, said in WRONG.items():
        message, *begun = refused(small, operation)
        if begun or said not in message:
            missed[operation] = (message, begun)
    assert missed == {}
    assert project.dump == before
