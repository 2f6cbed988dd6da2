"""What a server keeps of a random password lets in who has it, and nobody else."""

import psycopg
import pytest
from psycopg import conninfo, sql

from gnkmigrate.servers import Server
from gnkmigrate.servers.password import new_password, verifier


def test_the_password_opens_a_session_and_another_does_not(server: Server) -> None:
    if not server.is_ours:
        pytest.skip("The role of a server that the user gave keeps its password.")
    password = new_password()
    create = sql.SQL("CREATE ROLE guarded LOGIN PASSWORD {}").format(
        sql.Literal(verifier(password))
    )
    with psycopg.connect(server.url.conninfo, autocommit=True) as session:
        session.execute(create)
        try:
            as_role = conninfo.make_conninfo(server.url.conninfo, user="guarded", password=password)
            psycopg.connect(as_role).close()
            with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
                psycopg.connect(as_role, password=f"{password}-")
        finally:
            session.execute("DROP ROLE guarded")
