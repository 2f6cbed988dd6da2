"""A label of an enum that is used in the transaction that adds it is refused by name."""

from collections.abc import Mapping
from typing import Any

import pytest

from gnkmigrate.errors import PhaseFailed, PhaseRefused
from tests.migrations.project import Project
from tests.small import Small

TABLES = """
CREATE SCHEMA "My Shop";
CREATE TYPE "My Shop"."State" AS ENUM ('new', 'paid');
CREATE TABLE "My Shop"."Order" (
    shop uuid DEFAULT gen_random_uuid(), no bigint, state "My Shop"."State", said text,
    PRIMARY KEY (shop, no)
);
INSERT INTO "My Shop"."Order" (no, state, said) VALUES (1, 'new', 'se' || 'nt'), (2, 'paid', 'new');
"""
ADD = """op.step("label", '''ALTER TYPE "My Shop"."State" ADD VALUE {} AFTER 'paid' ''')"""
USE = """op.step("use", '''UPDATE "My Shop"."Order" SET state = {} ''')"""
ONE_TRANSACTION = [{"dry_run": True}, {"atomic": True}]


def project(small: Small, *up: str) -> Project:
    small.revision(1, "\n".join(up), irreversible="labels stay")
    project = small.project()
    project.execute(TABLES)
    return project


def labels(project: Project) -> list[tuple[Any, ...]]:
    return project.rows("SELECT enumlabel FROM pg_enum ORDER BY enumsortorder")


@pytest.mark.parametrize("request_", ONE_TRANSACTION, ids=str)
def test_what_names_it_is_refused_before_anything_is_done(
    small: Small, request_: Mapping[str, Any]
) -> None:
    # That this step would fail shows that none is run.
    fails = 'op.step("fails", "SELECT 1 / 0")'
    it = project(small, fails, ADD.format("'it''s sent'"), USE.format("'it''s sent'"))
    with pytest.raises(PhaseRefused, match="cannot run in one transaction") as refused:
        it.up(**request_)
    assert refused.value.details == (
        '"use" uses the label \'it\'\'s sent\' that "label" adds to "My Shop"."State"',
    )
    assert "gnkmigrate rehearse tries it on a copy" in refused.value.hint
    assert labels(it) == [("new",), ("paid",)]


def test_so_is_what_another_phase_uses_in_a_dry_run_of_both(small: Small) -> None:
    small.revision(2, USE.format("'sent'"), irreversible="-")
    it = project(small, ADD.format("'sent'"))
    with pytest.raises(PhaseRefused, match="Phase phase1, phase2 cannot run in one transaction"):
        it.up(dry_run=True)
    it.up(atomic=True)
    assert it.value('SELECT state::text FROM "My Shop"."Order" WHERE no = 1') == "sent"


@pytest.mark.parametrize("request_", ONE_TRANSACTION, ids=str)
def test_what_computes_it_is_refused_by_the_name_of_its_step(
    small: Small, request_: Mapping[str, Any]
) -> None:
    it = project(small, ADD.format("'sent'"), USE.format('said::"My Shop"."State"'))
    with pytest.raises(PhaseRefused, match='does not get past "use": unsafe use of new value'):
        it.up(**request_)
    assert labels(it) == [("new",), ("paid",)]

    it.up()
    assert labels(it) == [("new",), ("paid",), ("sent",)]


@pytest.mark.parametrize("request_", [*ONE_TRANSACTION, {}], ids=str)
def test_a_label_that_is_there_or_is_not_used_is_no_hindrance(
    small: Small, request_: Mapping[str, Any]
) -> None:
    add = """op.step("is there", '''ALTER TYPE "My Shop"."State" ADD VALUE IF NOT EXISTS {} ''')"""
    it = project(small, add.format("'paid'"), USE.format("'paid'"), ADD.format("'sent'"))
    it.up(**request_)


def test_a_step_that_adds_a_label_and_uses_it_is_always_refused(small: Small) -> None:
    sql = 'ALTER TYPE \\"My Shop\\".\\"State\\" ADD VALUE \'sent\''
    use = 'UPDATE \\"My Shop\\".\\"Order\\" SET state = {}'
    it = project(small, f'op.execute("{sql}")', f'op.execute("{use}")'.format("'sent'"))
    with pytest.raises(PhaseRefused, match="cannot upgrade; nothing was changed") as refused:
        it.up()
    assert "with op.get_context().autocommit_block()" in refused.value.details[1]

    computed = use.format('said::\\"My Shop\\".\\"State\\"')
    small.revision(1, f'op.execute("{sql}")\nop.execute("{computed}")', irreversible="-")
    with pytest.raises(PhaseFailed, match="unsafe use of new value") as failed:
        small.project().up()
    assert "in a step of its own" in failed.value.details[0]
    assert labels(it) == [("new",), ("paid",)]
