"""Deliberate mistakes in MineGNK's migrations: each is seen, and this says at which point.

All of them run with GNKMIGRATE_MUTATIONS=all; else a few that differ most.
"""

import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from gnkmigrate.servers import Server
from tests.check.projects import checked, copy_minegnk, problems
from tests.support import ROOT

ALL = os.environ.get("GNKMIGRATE_MUTATIONS") == "all"


@dataclass(frozen=True)
class Mutation:
    """A mistake, as somebody could make it.

    Attributes:
        name: what is wrong.
        file: the revision.
        right: what it says.
        wrong: what it says by mistake.
        caught: the first point that does not hold.
        usual: whether it runs every time.
    """

    name: str
    file: str
    right: str
    wrong: str
    caught: str
    usual: bool = False


TABLES, DATA = "0001_tables.py", "0002_data.py"
INDEXES, COLUMNS, ALIGN = "0004_indexes.py", "0005_columns.py", "0006_align.py"

MUTATIONS = (
    Mutation(
        "a table forgotten",
        TABLES,
        '        "public.earnings_history",\n',
        "",
        "dry run",
    ),
    Mutation(
        "an extension forgotten",
        TABLES,
        '    op.create_extension("pgcrypto")\n',
        "",
        "target",
    ),
    Mutation(
        "two columns swapped",
        DATA,
        'op.shortened("label", 100, rename="display_name", unless=CUT),\n'
        '        op.shortened("gpu_type", 50, unless=CUT)',
        'op.shortened("gpu_type", 100, rename="display_name", unless=CUT),\n'
        '        op.shortened("label", 50, rename="gpu_type", unless=CUT)',
        "expected rows",
        usual=True,
    ),
    Mutation(
        "wrong time zone of the nodes",
        DATA,
        '        op.zoned("created_at"),',
        '        op.Conversion("created_at", "timestamptz",'
        " using=\":column AT TIME ZONE 'Asia/Tokyo'\"),",
        "expected rows",
    ),
    Mutation(
        "inactive assignments forgotten",
        DATA,
        "where=\":row.is_active OR :'inactive' = 'keep'\"",
        'where=":row.is_active"',
        "expected rows",
        usual=True,
    ),
    Mutation(
        "missing cascade of an assignment",
        DATA,
        '"public.users (id) ON DELETE CASCADE"',
        '"public.users (id)"',
        "target",
    ),
    Mutation(
        "missing index of a foreign key",
        DATA,
        ', "idx_user_nodes_node_id": "(node_id)"',
        "",
        "target",
    ),
    Mutation(
        "an index forgotten",
        INDEXES,
        '    op.build_index("idx_users_role", "public.users", "(role)")\n',
        "",
        "target",
    ),
    Mutation(
        "an index in the wrong order",
        INDEXES,
        "(created_at DESC)",
        "(created_at)",
        "target",
    ),
    Mutation(
        "an index for every row instead of some",
        INDEXES,
        ' WHERE "isActive" = true',
        "",
        "target",
    ),
    Mutation(
        "an e-mail in another case is nobody",
        COLUMNS,
        "fold=True",
        "fold=False",
        "dry run",
    ),
    Mutation(
        "a column forgotten",
        COLUMNS,
        '"telegram", ',
        "",
        "target",
    ),
    Mutation(
        "wrong time zone there",
        ALIGN,
        'op.zoned("updatedAt", "updated_at", default="now()", fallback=EPOCH)',
        'op.Conversion("updatedAt", "timestamptz", using=":column AT TIME ZONE \'Asia/Tokyo\'"'
        ', back=":column AT TIME ZONE \'Asia/Tokyo\'", default="now()"'
        ', rename="updated_at", fallback=EPOCH)',
        "expected rows",
    ),
    Mutation(
        "wrong time zone back",
        ALIGN,
        'op.zoned("updatedAt", "updated_at", default="now()", fallback=EPOCH)',
        'op.Conversion("updatedAt", "timestamptz",'
        " using=\":column AT TIME ZONE :'source_timezone'\""
        ', back=":column AT TIME ZONE \'Asia/Tokyo\'", default="now()"'
        ', rename="updated_at", fallback=EPOCH)',
        "dry run",
        usual=True,
    ),
    Mutation(
        "two columns take each other's name",
        ALIGN,
        'op.zoned("createdAt", "created_at", default="now()", fallback=EPOCH),\n'
        '    op.zoned("updatedAt", "updated_at", default="now()", fallback=EPOCH),',
        'op.zoned("createdAt", "updated_at", default="now()", fallback=EPOCH),\n'
        '    op.zoned("updatedAt", "created_at", default="now()", fallback=EPOCH),',
        "expected rows",
    ),
    Mutation(
        "yes becomes no",
        ALIGN,
        'op.renamed("isActive", "is_active", default="true"',
        'op.Conversion("isActive", "boolean", "NOT :column", "NOT :column", rename="is_active",'
        ' default="true"',
        "dry run",
    ),
    Mutation(
        "too short a text",
        ALIGN,
        'op.shortened("name", 255',
        'op.shortened("name", 25',
        "target",
    ),
    Mutation(
        "a label in another case",
        ALIGN,
        'op.enum_text("gpu_type", "varchar(50)", "public.node_requests_gpu_type_enum", GPUS)',
        'op.Conversion("gpu_type", "varchar(50)", "lower(:column::text)",'
        ' "upper(:column)::public.node_requests_gpu_type_enum")',
        "expected rows",
    ),
    Mutation(
        "SET NULL instead of CASCADE",
        ALIGN,
        '"ON DELETE CASCADE"',
        '"ON DELETE SET NULL"',
        "target",
    ),
    Mutation(
        "a second head",
        ALIGN,
        'down_revision = "0005"',
        'down_revision = "0004"',
        "revisions",
        usual=True,
    ),
)


@pytest.mark.parametrize(
    "mutation",
    [mutation for mutation in MUTATIONS if ALL or mutation.usual],
    ids=lambda mutation: mutation.name,
)
def test_a_mistake_is_seen(server: Server, tmp_path: Path, mutation: Mutation) -> None:
    config = copy_minegnk(tmp_path)
    revision = tmp_path / "migrations" / "versions" / mutation.file
    text = revision.read_text()
    assert text.count(mutation.right) == 1
    revision.write_text(text.replace(mutation.right, mutation.wrong))
    found = problems(checked(config, server))
    assert found, "nobody has seen it"
    assert next(iter(found)) == mutation.caught, found


def test_the_list_of_the_documentation_is_this_one() -> None:
    page = (ROOT / "docs" / "ci.md").read_text()
    listed = [line for line in page.splitlines() if line.startswith("| ")]
    missing = [
        mutation.name
        for mutation in MUTATIONS
        if f"| {mutation.name} | {mutation.caught} |" not in listed
    ]
    assert not missing
    assert len(MUTATIONS) >= 20
