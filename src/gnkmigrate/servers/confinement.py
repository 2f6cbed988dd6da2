"""What an embedded server reaches of its machine: with Linux's Landlock, little more than itself.

Whoever may propose a change of a schema has its script run by a superuser, and PostgreSQL lets a
superuser read and write files and run programs. So the server, and all that it starts, is confined
to its own folder, PostgreSQL's programs and the system's libraries, and to no network, before it
begins; system_calls.py keeps it from what is no file, and own_ipc.py from others' shared memory.
Landlock needs no rights: https://docs.kernel.org/userspace-api/landlock.html
"""

import ctypes
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from gnkmigrate.servers import call_numbers, own_ipc, system_calls

# Rights to files, as linux/landlock.h numbers them.
_EXECUTE, _WRITE, _READ, _LIST, _REMOVE_FOLDER = 1, 1 << 1, 1 << 2, 1 << 3, 1 << 4
_TRUNCATE = 1 << 14
_ALL = (1 << 15) - 1
_OF_FILES = _EXECUTE | _WRITE | _READ | _TRUNCATE
_NETWORK = 1 << 1  # to connect by TCP
_SCOPED = 1 << 0 | 1 << 1  # abstract Unix sockets, and signals to others

_CREATE, _ADD_RULE, _RESTRICT = 444, 445, 446  # the same on all architectures
_VERSION_FLAG, _BENEATH = 1, 1
_NO_NEW_PRIVILEGES = 38
# The first version of Landlock that knows all rights to files above, and when the others came.
_LEAST, _WITH_NETWORK, _WITH_SCOPES = 3, 4, 6
_WITHOUT_UDP = 15  # the first PostgreSQL that keeps statistics in shared memory

_LIBRARIES = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/share")
_LOADERS = ("/lib", "/lib64", "/lib/*-linux-*")
_OF_THE_SYSTEM = (
    *_LIBRARIES,
    *("/sys/devices/system", "/dev/zero", "/dev/random", "/dev/urandom", "/etc/ssl/openssl.cnf"),
    *("/etc/group", "/etc/ld.so.cache", "/etc/localtime", "/etc/nsswitch.conf", "/etc/passwd"),
    "/etc/hosts",  # PostgreSQL 14's statistics collector listens at "localhost"
)
_OF_THE_GUARD = ("sh", "env", "rm")  # guard.sh, which runs the server and removes its folder


class _Ruleset(ctypes.Structure):
    _fields_ = (
        ("files", ctypes.c_uint64),
        ("network", ctypes.c_uint64),
        ("scoped", ctypes.c_uint64),
    )


class _Rule(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32))


@contextmanager
def confinement(programs: Path, folder: Path) -> Iterator[Callable[[], None] | None]:
    """What a new process calls to be confined; None where the system cannot do it.

    Args:
        programs: where PostgreSQL's programs are.
        folder: the server's own, the only one in which it may write.
    """
    version = _landlock()
    if not is_confining():
        yield None
        return
    to_itself = int((folder / "data" / "PG_VERSION").read_text()) < _WITHOUT_UDP
    system = ctypes.CDLL(None, use_errno=True)
    rules = _Ruleset(
        _ALL,
        _NETWORK if version >= _WITH_NETWORK else 0,
        _SCOPED if version >= _WITH_SCOPES else 0,
    )
    ruleset = _called(system, _CREATE, ctypes.byref(rules), ctypes.sizeof(rules), 0)
    try:
        for path, allowed in _rights(programs, folder):
            with suppress(FileNotFoundError):
                _allow(system, ruleset, path, allowed)

        with own_ipc.namespace_of_root(system) as is_alone:

            def confine() -> None:
                own = is_alone or own_ipc.leave_with_new_user(system)
                newest = None if own else own_ipc.newest_shared_memory(system)
                code = system_calls.forbidding(sends_to_itself=to_itself, newest=newest)
                if system.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) != 0:
                    raise OSError(ctypes.get_errno(), "prctl")
                _called(system, _RESTRICT, ruleset, 0)
                system_calls.forbid(system, code)

            yield confine
    finally:
        os.close(ruleset)


def is_confining() -> bool:
    """Whether this system can confine servers."""
    return _landlock() >= _LEAST and call_numbers.is_known()


def _landlock() -> int:
    """The version of Landlock that the kernel has, 0 for none."""
    if sys.platform != "linux":
        return 0
    found: int = ctypes.CDLL(None, use_errno=True).syscall(_CREATE, None, 0, _VERSION_FLAG)
    return max(found, 0)


def _rights(programs: Path, folder: Path) -> Iterator[tuple[Path, int]]:
    yield folder, _ALL & ~_EXECUTE
    yield folder.parent, _REMOVE_FOLDER
    yield programs.parent, _EXECUTE | _READ | _LIST
    yield Path("/dev/null"), _READ | _WRITE
    yield Path("/nix/store"), _EXECUTE | _READ | _LIST
    libraries = os.environ.get("LD_LIBRARY_PATH", "").split(os.pathsep)
    for path in (*_OF_THE_SYSTEM, *filter(None, libraries)):
        yield Path(path), _READ | _LIST
    for found in filter(None, map(shutil.which, _OF_THE_GUARD)):
        yield Path(found), _EXECUTE | _READ
    for place in _LOADERS:
        for loader in Path("/").glob(f"{place.removeprefix('/')}/ld*.so*"):
            yield loader, _EXECUTE | _READ


def _allow(system: ctypes.CDLL, ruleset: int, path: Path, allowed: int) -> None:
    opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        rule = _Rule(allowed if path.is_dir() else allowed & _OF_FILES, opened)
        _called(system, _ADD_RULE, ruleset, _BENEATH, ctypes.byref(rule), 0)
    finally:
        os.close(opened)


def _called(system: ctypes.CDLL, *call: object) -> int:
    answer: int = system.syscall(*call)
    if answer < 0:
        raise OSError(ctypes.get_errno(), "the server cannot be confined (Landlock)")
    return answer
