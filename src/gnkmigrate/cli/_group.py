"""The group of all commands: what is wrong with an option is said in our words."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer
from typer.core import TyperGroup

from gnkmigrate.cli._placing import in_front
from gnkmigrate.validation import plain


class Group(TyperGroup):
    """Typer reads the values of options with pydantic, whose messages are for programmers."""

    def make_context(self, *arguments: Any, **keywords: Any) -> Any:
        """Reads the options that stand before the command."""
        with _in_plain_words():
            return super().make_context(*arguments, **keywords)

    def parse_args(self, ctx: Any, args: list[str]) -> Any:
        """Takes the options of all commands wherever they stand: people write them last."""
        return super().parse_args(ctx, in_front(self, args))

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Which command is meant; an address in its place, with its password, is not repeated."""
        if {":", "="} & set(args[0]):
            raise typer.BadParameter("This is no command. An address is given with --url.")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Reads the options of a command, and runs it."""
        with _in_plain_words():
            return super().invoke(ctx)


@contextmanager
def _in_plain_words() -> Iterator[None]:
    try:
        yield
    except typer.BadParameter as error:
        error.message = plain(error.message)
        raise
