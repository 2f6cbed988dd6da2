"""What an assistant sees through the package's own client."""

import json
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp.client import Client

from gnkmigrate.assistant import server
from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.settings import Settings

TARGET = "CREATE TABLE item (id int PRIMARY KEY, name text NOT NULL);"
LIVE = "CREATE TABLE item (id int PRIMARY KEY, name text); INSERT INTO item VALUES (1, 'a')"


@pytest.fixture
def settings(tmp_path: Path, database: DatabaseUrl) -> Settings:
    (tmp_path / "target.sql").write_text(TARGET)
    with connect(database, search_path=["public"]) as session:
        session.execute(LIVE.encode())
    return Settings(target=Path("target.sql"), schemas=("public",), root=tmp_path)


def ask(settings: Settings, url: DatabaseUrl, tool: str, **arguments: Any) -> tuple[str, bool]:
    """The text of a tool's answer, and whether it is an error."""

    async def asked() -> tuple[str, bool]:
        async with Client(server(settings, url)) as client:
            found = await client.call_tool(tool, arguments)
            (content,) = found.content
            return str(getattr(content, "text", "")), bool(found.is_error)

    return anyio.run(asked)


def test_every_tool_says_that_it_only_reads(settings: Settings, database: DatabaseUrl) -> None:
    async def listed() -> list[Any]:
        async with Client(server(settings, database)) as client:
            return list((await client.list_tools()).tools)

    tools = anyio.run(listed)
    assert {tool.name for tool in tools} == {"audit", "explain", "diff", "plan", "status"}
    assert all(tool.annotations.read_only_hint and tool.description for tool in tools)


def test_the_answers_are_those_of_the_commands(settings: Settings, database: DatabaseUrl) -> None:
    found, failed = ask(settings, database, "audit")
    assert not failed
    assert any("name" in each["message"] for each in json.loads(found)["findings"])
    changes, _ = ask(settings, database, "diff")
    assert [each["identity"] for each in json.loads(changes)["changes"]] == [
        ["public", "item", "name"]
    ]
    planned, _ = ask(settings, database, "plan")
    assert "SET NOT NULL" in planned
    said, _ = ask(settings, database, "explain", check="GNK-S002")
    assert "foreign key" in said
    with connect(database) as session:
        nullable = "SELECT NOT attnotnull FROM pg_attribute WHERE attname = 'name' AND"
        nullable += " attrelid = 'public.item'::regclass"
        assert session.execute(nullable.encode()).fetchone() == (True,)


def test_what_goes_wrong_is_told_without_a_password(settings: Settings) -> None:
    nowhere = DatabaseUrl.parse("postgresql://u:very-secret@127.0.0.1:1/db")
    said, failed = ask(settings, nowhere, "audit")
    assert failed
    assert "very-secret" not in said
    assert "127.0.0.1" in said


def test_a_check_that_is_not_there_is_named(settings: Settings, database: DatabaseUrl) -> None:
    said, failed = ask(settings, database, "explain", check="GNK-X999")
    assert failed
    assert "GNK-X999" in said
