"""The operating system's user that embedded servers run as.

PostgreSQL refuses to run as root (manual, 19.1), so root's servers belong to another user, who
must be able to reach the binaries and the data.
"""

import os
import pwd
import stat
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gnkmigrate.errors import ServerUnavailable

STAND_INS_FOR_ROOT = ("postgres", "nobody")
_NEEDED = frozenset(
    {
        *("PATH", "HOME", "USER", "LOGNAME", "TMPDIR"),
        *("LD_LIBRARY_PATH", "LD_PRELOAD", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH"),
    }
)
MISSING_LIBRARY = "A library that is missing can be installed with the system's package manager."


@dataclass(frozen=True)
class Account:
    """A user of the operating system.

    Attributes:
        name: the user's name.
        uid: the user's number.
        gid: the number of the user's own group.
        is_other: whether programs must be started under another user than this process's.
    """

    name: str
    uid: int
    gid: int
    is_other: bool

    def reaches(self, folder: Path) -> bool:
        """Whether this user can enter `folder` and every folder above it."""
        if not self.is_other:
            return os.access(folder, os.X_OK)
        return all(self._enters(part) for part in (folder, *folder.resolve().parents))

    def _enters(self, folder: Path) -> bool:
        status = folder.stat()
        if status.st_uid == self.uid:
            return bool(status.st_mode & stat.S_IXUSR)
        if status.st_gid == self.gid:
            return bool(status.st_mode & stat.S_IXGRP)
        return bool(status.st_mode & stat.S_IXOTH)

    def take(self, folder: Path) -> None:
        """Makes `folder` this user's own.

        Raises:
            ServerUnavailable: the system does not allow it.
        """
        if self.is_other:
            try:
                os.chown(folder, self.uid, self.gid)
            except OSError as error:
                raise self._out_of_reach(error) from None

    def start(
        self,
        command: Sequence[str | Path],
        *,
        stdin: int,
        stdout: int,
        stderr: int,
        confine: Callable[[], None] | None = None,
    ) -> "subprocess.Popen[bytes]":
        """Starts a program under this user, in a session of its own.

        Ctrl-C and a closing terminal therefore reach this process and not the program.

        Args:
            command: the program and its arguments.
            stdin: where it reads.
            stdout: where it writes.
            stderr: where it complains.
            confine: what it calls before anything else, once it is this user's.

        Raises:
            ServerUnavailable: the system does not allow it, or the program is not there.
        """
        try:
            return subprocess.Popen(  # noqa: S603 - programs of PostgreSQL and sh, no user input
                command,
                stdin=stdin,
                stdout=stdout,
                stderr=stderr,
                cwd="/",
                env=environment(),
                start_new_session=True,
                user=self.uid if self.is_other else None,
                group=self.gid if self.is_other else None,
                extra_groups=[] if self.is_other else None,
                preexec_fn=confine,  # noqa: PLW1509 - a few system calls, no lock of Python's
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise self._out_of_reach(error) from None

    def _out_of_reach(self, error: Exception) -> ServerUnavailable:
        return ServerUnavailable(
            f"A server cannot be run as the user {self.name}: {error}",
            hint="Run gnkmigrate as an ordinary user, or name a server of yours.",
        )

    def run(self, command: Sequence[str | Path], text: str = "") -> str:
        """Runs a program under this user and returns what it says on both its outputs.

        Args:
            command: the program and its arguments.
            text: what it reads from its standard input.

        Raises:
            ServerUnavailable: it fails; the details are the end of what it said.
        """
        with self.start(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        ) as program:
            try:
                output = program.communicate(text.encode())[0].decode(errors="replace")
            except BaseException:  # Ctrl-C does not reach the program
                program.kill()
                raise
        if program.returncode != 0:
            raise ServerUnavailable(
                f"{Path(command[0]).name} failed (exit code {program.returncode}).",
                hint=MISSING_LIBRARY,
                details=output.strip().splitlines()[-5:],
            )
        return output


def server_account() -> Account:
    """The user that servers run as: this process's own, or root's stand-in.

    Raises:
        ServerUnavailable: root's machine has none of the users in STAND_INS_FOR_ROOT.
    """
    uid = os.geteuid()
    if uid != 0:
        return Account(str(uid), uid, os.getegid(), is_other=False)
    for name in STAND_INS_FOR_ROOT:
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, user.pw_uid, user.pw_gid, is_other=True)
    raise ServerUnavailable(
        "PostgreSQL does not run as root, and there is no user named "
        f"{' or '.join(STAND_INS_FOR_ROOT)} that it could run as.",
        hint="Add one (useradd --system postgres), or run gnkmigrate as an ordinary user.",
    )


def environment() -> Mapping[str, str]:
    """What PostgreSQL's programs need of this process's environment, and no secret in it."""
    kept = {name: value for name, value in os.environ.items() if name in _NEEDED}
    return {**kept, "LC_ALL": "C", "TZ": "UTC"}
