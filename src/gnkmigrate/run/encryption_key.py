"""The key with which columns are encrypted: it is in no file of the project and in no database."""

import os
import subprocess
import sys
from collections.abc import Sequence
from uuid import uuid4

from gnkmigrate.errors import PhaseRefused

VARIABLE = "GNKMIGRATE_ENCRYPTION_KEY"
# Anybody who has the encrypted values can try keys for as long as he likes.
_SHORTEST = 16
_WAIT_S = 30


def made_up() -> tuple[str, ...]:
    """A command that prints a key for a database that nobody keeps."""
    return (sys.executable, "-c", f"print({uuid4().hex!r})")


def load_key(command: Sequence[str] = ()) -> str:
    """The key: of the environment, or else what a command of the settings prints.

    Args:
        command: the program and its arguments; none for no command.

    Raises:
        PhaseRefused: there is none, the command fails, or it is so short that it can be guessed.
    """
    key = os.environ.get(VARIABLE) or (_printed(command) if command else "")
    if not key:
        raise PhaseRefused(
            "There is no encryption key.",
            hint=f"Put it into {VARIABLE}, or say in gnkmigrate.toml which command prints it: "
            'encryption_key_command = ["pass", "show", "shop/key"]',
        )
    if len(key) < _SHORTEST:
        raise PhaseRefused(
            f"The key has {len(key)} characters, and could be guessed.",
            hint=f"Take one of {_SHORTEST} at least, such as: openssl rand -base64 32",
        )
    return key


def _printed(command: Sequence[str]) -> str:
    """What the command prints, which is shown to nobody, nor is what it complains of."""
    try:
        done = subprocess.run(  # noqa: S603 - it is the user's own, from the settings
            list(command), check=True, capture_output=True, text=True, timeout=_WAIT_S
        )
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError) as error:
        raise PhaseRefused(
            f"The command for the encryption key, {command[0]}, {_failure(error)}.",
            hint="Try it in a shell: encryption_key_command in gnkmigrate.toml.",
        ) from None
    return done.stdout.strip("\r\n")


def _failure(error: Exception) -> str:
    """What became of the command, without anything that it has printed."""
    match error:
        case OSError():
            return f"does not start: {error.strerror}"
        case subprocess.CalledProcessError():
            return f"fails with exit status {error.returncode}"
        case subprocess.TimeoutExpired():
            return f"has not ended after {_WAIT_S} seconds"
        case _:
            return "prints what is no UTF-8 text"
