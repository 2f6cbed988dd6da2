"""op.verify: one SELECT that can change nothing, told to the observer, and asked again later."""

import pytest

from gnkmigrate.errors import RevisionError, VerificationFailed
from gnkmigrate.operations.verify import Verify
from gnkmigrate.run import events, lasting_verifications
from tests.small import Small


@pytest.mark.parametrize(
    "query",
    [
        "SELECT 1",
        "SELECT 1;",
        "WITH x AS (SELECT 1) SELECT * FROM x",
        "(SELECT 1) UNION ALL (SELECT 2 EXCEPT SELECT 3)",
        "SELECT :'policy', :\"name\" -- a comment",
        "SELECT ';' AS semicolon",
        "TABLE users",
    ],
)
def test_one_select_is_a_verification(query: str) -> None:
    assert Verify("a claim", query).query == query


@pytest.mark.parametrize(
    "query",
    [
        "",
        "-- nothing",
        "SELECT 1; SELECT 2",
        "SELECT 1; DROP TABLE users",
        "DELETE FROM users",
        "UPDATE users SET name = 'x'",
        "INSERT INTO users DEFAULT VALUES RETURNING 1",
        "WITH gone AS (DELETE FROM users RETURNING 1) SELECT * FROM gone",
        "SELECT * INTO copy FROM users",
        "CREATE TABLE t ()",
        "EXPLAIN ANALYZE SELECT 1",
        "COPY users TO '/tmp/users'",
        "CALL something()",
        "DO 'BEGIN END'",
        "SELECT FROM WHERE",
    ],
)
def test_anything_else_is_refused(query: str) -> None:
    with pytest.raises(RevisionError, match="is not one SELECT"):
        Verify("a claim", query)


def test_a_function_that_writes_cannot_write_here(small: Small) -> None:
    small.revision(1, 'op.verify("nothing is written", "SELECT public.write()")')
    project = small.project()
    project.execute(
        "CREATE TABLE t (n int); CREATE FUNCTION write() RETURNS void LANGUAGE sql AS"
        " 'INSERT INTO public.t VALUES (1)'"
    )

    with pytest.raises(Exception, match="read-only transaction"):
        project.up()

    assert project.rows("TABLE t") == []


def test_rows_that_speak_against_a_claim_are_listed(small: Small) -> None:
    small.revision(1, 'op.verify("there are no numbers", "SELECT n FROM public.t")')
    project = small.project()
    project.execute("CREATE TABLE t (n int); INSERT INTO t VALUES (7)")
    told: list[events.Event] = []

    with pytest.raises(VerificationFailed, match="there are no numbers") as failed:
        project.up(told.append)

    assert failed.value.details == ("n: 7",)
    assert any(isinstance(event, events.Verified) and not event.passed for event in told)
    project.execute("DELETE FROM t")
    project.up()
    assert project.states == ("done",)


def test_lasting_claims_are_asked_again_and_passing_ones_not(small: Small) -> None:
    small.revision(
        1,
        """
        op.verify("once", "SELECT n FROM public.t WHERE n > 5", once=True)
        op.verify("lasting", "SELECT n FROM public.t WHERE n > 5")
        op.verify("counted", "SELECT count(*) FROM public.t", reports=True)
        """,
    )
    project = small.project()
    project.execute("CREATE TABLE t (n int)")
    project.up()
    project.execute("INSERT INTO t VALUES (1), (7)")

    with project.session() as session:
        results = lasting_verifications.verify(session, project.phases, project.settings)

    assert [(result.name, result.passed, result.value) for result in results] == [
        ("lasting", False, "1 rows"),
        ("counted", True, "2"),
    ]
