"""Default privileges, and what they do to things that a plan makes."""

from gnkmigrate.servers import Server
from tests.kinds.converge import converge

ROLES = ("app", "carol", "reporter")
GIVEN = (
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO reporter;"
    "ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;"
    "ALTER DEFAULT PRIVILEGES FOR ROLE app GRANT USAGE ON SEQUENCES TO carol WITH GRANT OPTION;"
)
THINGS = (
    "CREATE TABLE t (a serial, b integer GENERATED ALWAYS AS IDENTITY);"
    "CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1';"
)


def test_they_come_and_go(server: Server) -> None:
    assert converge(server, "", GIVEN, roles=ROLES) == (
        [
            (
                "ALTER DEFAULT PRIVILEGES FOR ROLE app "
                "GRANT USAGE ON SEQUENCES TO carol WITH GRANT OPTION"
            ),
            "ALTER DEFAULT PRIVILEGES FOR ROLE postgres REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC",
            (
                "ALTER DEFAULT PRIVILEGES FOR ROLE postgres IN SCHEMA public "
                "GRANT SELECT ON TABLES TO reporter"
            ),
        ],
        [
            "ALTER DEFAULT PRIVILEGES FOR ROLE app REVOKE USAGE ON SEQUENCES FROM carol",
            "ALTER DEFAULT PRIVILEGES FOR ROLE postgres GRANT EXECUTE ON FUNCTIONS TO PUBLIC",
            (
                "ALTER DEFAULT PRIVILEGES FOR ROLE postgres IN SCHEMA public "
                "REVOKE SELECT ON TABLES FROM reporter"
            ),
        ],
    )


def test_they_change_in_place(server: Server) -> None:
    more = GIVEN.replace("GRANT SELECT", "GRANT INSERT")
    assert converge(server, GIVEN, more, roles=ROLES).there == [
        (
            "ALTER DEFAULT PRIVILEGES FOR ROLE postgres IN SCHEMA public "
            "REVOKE SELECT ON TABLES FROM reporter"
        ),
        (
            "ALTER DEFAULT PRIVILEGES FOR ROLE postgres IN SCHEMA public "
            "GRANT INSERT ON TABLES TO reporter"
        ),
    ]


def test_what_is_made_before_they_come_does_not_get_them(server: Server) -> None:
    there = converge(server, "", THINGS + GIVEN, roles=ROLES).there
    assert not any(each.startswith(("GRANT", "REVOKE")) for each in there)


def test_what_is_made_while_they_stand_has_what_the_target_says(server: Server) -> None:
    assert not any(
        each.startswith(("GRANT", "REVOKE"))
        for each in converge(server, GIVEN, GIVEN + THINGS, roles=ROLES).there
    )
    there = converge(server, GIVEN, THINGS + GIVEN, roles=ROLES).there
    assert "REVOKE SELECT ON TABLE public.t FROM reporter" in there
    assert any(each.endswith("GRANT EXECUTE ON FUNCTION public.f() TO PUBLIC") for each in there)


def test_what_postgresql_gives_anyway_is_given_once_more(server: Server) -> None:
    again = (
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT EXECUTE ON FUNCTIONS TO PUBLIC;"
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE ON TYPES TO PUBLIC;"
    )
    things = THINGS + "CREATE TYPE mood AS ENUM ('good'); CREATE DOMAIN kind AS text;"
    for given in (again, again + GIVEN, GIVEN + again.replace("PUBLIC;", "PUBLIC, app;")):
        there = converge(server, given, given + things, roles=ROLES).there
        assert not any(each.startswith(("GRANT", "REVOKE")) for each in there)
        taken = "REVOKE ALL ON FUNCTION f() FROM PUBLIC; REVOKE ALL ON TYPE mood FROM PUBLIC;"
        converge(server, given, given + things + taken, roles=ROLES)


def test_what_is_made_again_while_they_stand(server: Server) -> None:
    view = "CREATE TABLE t (a integer); CREATE VIEW v AS SELECT a FROM t;"
    wide = view.replace("integer", "bigint")
    converge(server, view + GIVEN, wide + GIVEN, roles=ROLES)


def test_in_a_schema_that_comes_and_one_that_goes(server: Server) -> None:
    given = "CREATE SCHEMA {0}; ALTER DEFAULT PRIVILEGES IN SCHEMA {0} GRANT USAGE ON TYPES TO app;"
    converge(server, given.format("old"), given.format("coming"), roles=ROLES)
