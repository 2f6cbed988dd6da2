"""What code in a confined process does to its user's other processes and files: nothing.

The calls are made by a process that is confined as a server is, without PostgreSQL in between.
"""

import ctypes
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from gnkmigrate.servers import own_ipc
from gnkmigrate.servers.account import Account, server_account
from gnkmigrate.servers.call_numbers import FORBIDDEN, MODES, numbers
from gnkmigrate.servers.confinement import confinement, is_confining
from gnkmigrate.servers.embedded import embedded
from gnkmigrate.servers.system_calls import forbidding
from tests.conftest import MAJOR
from tests.support import rows

pytestmark = pytest.mark.skipif(not is_confining(), reason="the kernel has no Landlock")

PROGRAMS = Path("/usr/bin")
SYSTEM = ctypes.CDLL(None, use_errno=True)
SYSTEM.shmat.restype = ctypes.c_void_p
NOWHERE = ctypes.c_void_p(-1).value
SHARED = 0o1600  # a mode and IPC_CREAT
REMOVE, SET_FILES = 0, 7
TEMPORARY_KEYRING, NEW_USER = -3, 0x10000000


@pytest.fixture(params=["root's namespace", "a user's namespace", "a filter"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """How shared memory is kept apart: as root does, as a user does, and where neither may."""

    @contextmanager
    def refused(system: ctypes.CDLL) -> Iterator[bool]:
        del system
        yield False

    if request.param != "root's namespace":
        monkeypatch.setattr(own_ipc, "namespace_of_root", refused)
    if request.param == "a filter":
        monkeypatch.setattr(own_ipc, "leave_with_new_user", lambda _system: False)
    return str(request.param)


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as made:
        Path(made).chmod(0o755)
        data = Path(made) / "data"
        data.mkdir()
        (data / "PG_VERSION").write_text(f"{MAJOR}\n")
        yield Path(made)


@pytest.fixture
def other() -> Iterator[int]:
    """Another process of the user that servers run as."""
    account = server_account()
    running = account.start(
        ["sleep", "600"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    yield running.pid
    running.kill()
    running.wait()


def said_by(account: Account, confine: Callable[[], None], code: Callable[[], object]) -> object:
    """What `code` gives in a process of the server's user that is confined."""
    reads, writes = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            if account.is_other:
                os.setgroups([])
                os.setgid(account.gid)
                os.setuid(account.uid)
            confine()
            os.write(writes, json.dumps(code()).encode())
        except BaseException as error:  # noqa: BLE001 - the test shows it
            os.write(writes, json.dumps(repr(error)).encode())
        finally:
            os._exit(0)
    os.close(writes)
    with os.fdopen(reads) as answer:
        said: object = json.loads(answer.read())
    os.waitpid(child, 0)
    return said


def confined(folder: Path, code: Callable[[], object]) -> object:
    with confinement(PROGRAMS, folder) as confine:
        assert confine is not None
        return said_by(server_account(), confine, code)


def refused(*calls: Callable[[], int]) -> list[bool]:
    """Which of the calls of the C library fail."""
    return [call() == -1 for call in calls]


def test_memory_that_others_share_is_not_attached(way: str, folder: Path) -> None:
    number = SYSTEM.shmget(0, 4096, SHARED | 0o066)
    queue = SYSTEM.msgget(0, SHARED | 0o066)
    try:
        attempts = lambda: [  # noqa: E731 - a function of its own says no more
            SYSTEM.shmat(number, None, 0) == NOWHERE,
            *refused(
                lambda: SYSTEM.shmctl(number, REMOVE, None),
                lambda: SYSTEM.msgctl(queue, REMOVE, None),
                lambda: SYSTEM.semget(0, 1, SHARED),
                lambda: SYSTEM.syscall(numbers(os.uname().machine)["mq_open"], b"a", 0o102, 0, 0),
            ),
        ]
        assert confined(folder, attempts) == [True] * 5, way
        assert SYSTEM.shmctl(number, 2, ctypes.create_string_buffer(512)) == 0
    finally:
        SYSTEM.shmctl(number, REMOVE, None)
        SYSTEM.msgctl(queue, REMOVE, None)


def test_memory_of_its_own_is(way: str, folder: Path) -> None:
    """As PostgreSQL asks for it: anew, attached, and removed at the end."""

    def use() -> object:
        number = SYSTEM.shmget(0x4711, 56, SHARED | 0o2000)
        return [SYSTEM.shmat(number, None, 0) != NOWHERE, SYSTEM.shmctl(number, REMOVE, None)]

    assert confined(folder, use) == [True, 0], way


def test_other_processes_keep_their_limits_and_priority(folder: Path, other: int) -> None:
    call = numbers(os.uname().machine)
    few = (ctypes.c_ulong * 2)(3, 3)
    first = (ctypes.c_ulong * 1)(1)
    policy = (ctypes.c_int * 1)(0)

    def change() -> object:
        return refused(
            lambda: SYSTEM.prlimit(other, SET_FILES, few, None),
            lambda: SYSTEM.sched_setaffinity(other, 8, first),
            lambda: SYSTEM.sched_setscheduler(other, 3, policy),
            lambda: SYSTEM.setpriority(0, other, 19),
            lambda: SYSTEM.syscall(call["ioprio_set"], 1, other, 3 << 13),
        )

    before = _of(other)
    assert confined(folder, change) == [True] * 5
    assert _of(other) == before


def _of(process: int) -> Mapping[str, object]:
    return {
        "limits": Path(f"/proc/{process}/limits").read_text(),
        "processors": sorted(os.sched_getaffinity(process)),
        "policy": os.sched_getscheduler(process),
        "priority": os.getpriority(os.PRIO_PROCESS, process),
    }


def test_its_own_limits_it_may_ask_for(folder: Path) -> None:
    """The C library asks for the stack's limit whenever a thread begins."""
    room = (ctypes.c_ulong * 2)()
    assert confined(folder, lambda: SYSTEM.getrlimit(SET_FILES, room)) == 0


def test_files_of_its_user_keep_owner_mode_and_times(folder: Path, tmp_path: Path) -> None:
    account = server_account()
    for parent in (tmp_path, *tmp_path.parents[:2]):
        parent.chmod(0o755)
    file = tmp_path / "of its user"
    file.write_text("kept")
    file.chmod(0o600)
    account.take(file)
    name = bytes(file)

    def change() -> object:
        return [
            SYSTEM.chmod(name, 0o777),  # PostgreSQL ends where this fails for its socket
            *refused(
                lambda: SYSTEM.chown(name, -1, account.gid),
                lambda: SYSTEM.utimes(name, None),
                lambda: SYSTEM.setxattr(name, b"user.said", b"x", 1, 0),
            ),
        ]

    before = file.stat()
    assert confined(folder, change) == [0, True, True, True]
    assert file.stat() == before
    assert os.listxattr(file) == []


def test_no_world_of_its_own_and_no_keys_and_no_datagrams(way: str, folder: Path) -> None:
    call = numbers(os.uname().machine)
    ends = (ctypes.c_int * 2)()

    def use() -> object:
        return refused(
            lambda: SYSTEM.syscall(call["clone"], NEW_USER | 17, 0, 0, 0, 0) or os._exit(0),
            lambda: SYSTEM.unshare(NEW_USER),
            lambda: SYSTEM.syscall(call["keyctl"], 0, TEMPORARY_KEYRING, 1),
            lambda: SYSTEM.socketpair(1, 2, 0, ends),
        )

    assert confined(folder, use) == [True] * 4, way


def test_a_server_starts_and_ends(way: str) -> None:
    before = _kept()
    with embedded(MAJOR) as server:
        assert rows(server.url, "SHOW shared_memory_type") == [("mmap",)]
    assert _kept() <= before, way


def _kept() -> set[str]:
    """The keys of shared memory that nobody has attached."""
    lines = Path("/proc/sysvipc/shm").read_text().splitlines()[1:]
    return {line.split()[0] for line in lines if line.split()[6] == "0"}


def test_this_process_stays_where_it_was(folder: Path) -> None:
    before = Path("/proc/thread-self/ns/ipc").readlink()
    with confinement(PROGRAMS, folder):
        pass
    assert Path("/proc/thread-self/ns/ipc").readlink() == before


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_each_machines_filter_has_its_calls(machine: str) -> None:
    known = numbers(machine)
    code = forbidding(sends_to_itself=True, newest=7, machine=machine)
    asked = {code[at + 4 : at + 8] for at in range(0, len(code), 8)}
    for name in {*FORBIDDEN, *MODES} & known.keys():
        assert known[name].to_bytes(4, sys.byteorder) in asked, name
