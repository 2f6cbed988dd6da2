"""Which calls of the operating system an embedded server cannot make: those that reach another.

Landlock does not know Unix sockets, by which a server of the same user lets this one in (peer
authentication, manual, 20.9). So what a confined process may make are stream sockets of the Unix
family alone, and it cannot connect one: it listens. A filter needs no rights once a process has
given up new ones: https://docs.kernel.org/userspace-api/seccomp_filter.html

PostgreSQL 14 sends its statistics to itself by UDP, and waits for them where it cannot. So it may
connect to what has an address as long as those of networks are, by a socket that sends datagrams;
libpq's addresses of Unix sockets are longer.

Nor does Landlock know what a user's processes share without a folder (System V shared memory,
semaphores, queues, keys), the limits and the priority of another process, and who owns a file and
its mode. PostgreSQL needs of all that shared memory for a header of 56 bytes, and sets the mode of
its socket, which its umask has set already: that call is answered as if it had been done.
"""

import ctypes
import errno
import platform
import socket
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from gnkmigrate.servers.call_numbers import ARCHITECTURES, FORBIDDEN, MODES, numbers

# As linux/prctl.h, linux/seccomp.h and linux/bpf_common.h number them.
_SET_FILTER, _MODE_FILTER = 22, 2
_ALLOW, _FAIL = 0x7FFF0000, 0x00050000
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _AND, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
# Where in struct seccomp_data stands what; the lower half of an argument comes first.
_NUMBER, _ARCHITECTURE, _FIRST, _SECOND, _THIRD = 0, 4, 16, 24, 32
_OF_NETWORK, _OF_NETWORK_6 = 16, 28  # bytes of struct sockaddr_in and sockaddr_in6
_X32 = 0x40000000  # the second set of calls that x86_64 has
_KIND_MASK = 0xF  # socket(2): flags stand above
_NAMESPACES = 0x7E020000  # clone(2): every CLONE_NEW flag
_CREATE_NEW = 0o3000  # IPC_CREAT and IPC_EXCL
_REMOVE = 0  # IPC_RMID
_ITSELF = 0  # as a process's number


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def forbid(system: ctypes.CDLL, code: bytes) -> None:
    """Takes this process, and all that it starts, the means to reach another.

    To be called once the process cannot gain privileges any more (PR_SET_NO_NEW_PRIVS).

    Args:
        system: the C library.
        code: what `forbidding` gives.

    Raises:
        OSError: the kernel does not take the filter.
    """
    program = _Program(len(code) // 8, code)
    if system.prctl(_SET_FILTER, _MODE_FILTER, ctypes.byref(program), 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "the server cannot be confined (seccomp)")


def forbidding(*, sends_to_itself: bool, newest: int | None, machine: str = "") -> bytes:
    """The program of a filter.

    Args:
        sends_to_itself: whether it is PostgreSQL 14.
        newest: the number of shared memory up to which none is the server's; None where it has
            a namespace of its own.
        machine: this one if it is not said.
    """
    machine = machine or platform.machine()
    steps = (
        *_of_all(machine, is_sharing=newest is not None),
        *(_of_memory(newest) if newest is not None else ()),
        *_OF_PROCESSES,
        _Step(_LOAD, _FIRST, label="socket"),
        *(_UDP if sends_to_itself else _NO_UDP),
    )
    return _assembled(steps)


@dataclass(frozen=True)
class _Step:
    """One instruction: what is done with a value, and where it goes on; "" for the next one."""

    operation: int
    value: int
    yes: str = ""
    no: str = ""
    label: str = ""


_ANSWERS: Mapping[str, int] = MappingProxyType(
    {
        "allow": _ALLOW,
        "unknown": _FAIL | errno.ENOSYS,
        "refused": _FAIL | errno.EACCES,
        "forbidden": _FAIL | errno.EPERM,
        "done": _FAIL | 0,  # no error, and nothing has happened
        "no family": _FAIL | errno.EAFNOSUPPORT,
    }
)
_MEMORY = ("shmget", "shmat", "shmctl")
_STREAM = (
    _Step(_LOAD, _SECOND, label="unix"),
    _Step(_AND, _KIND_MASK),
    _Step(_EQUAL, socket.SOCK_STREAM, "allow", "no family"),
)
_NO_UDP = (
    _Step(_EQUAL, socket.AF_UNIX, "unix", "no family"),
    *_STREAM,
    _Step(_RETURN, _ANSWERS["refused"], label="connect"),
)
_UDP = (
    _Step(_EQUAL, socket.AF_UNIX, "unix"),
    _Step(_LOAD, _SECOND),
    _Step(_AND, _KIND_MASK),
    _Step(_EQUAL, socket.SOCK_DGRAM, "allow", "no family"),
    *_STREAM,
    _Step(_LOAD, _THIRD, label="connect"),
    _Step(_EQUAL, _OF_NETWORK, "allow"),
    _Step(_EQUAL, _OF_NETWORK_6, "allow", "refused"),
)
_OF_PROCESSES = (
    _Step(_LOAD, _FIRST, label="clone"),
    _Step(_ANY_BIT, _NAMESPACES, "forbidden", "allow"),
    _Step(_LOAD, _FIRST, label="prlimit64"),
    _Step(_EQUAL, _ITSELF, "allow", "forbidden"),
)


def _of_all(machine: str, *, is_sharing: bool) -> Iterator[_Step]:
    """What is asked of every call: which one it is, and so where it is looked at."""
    calls = numbers(machine)
    places = {
        **dict.fromkeys(FORBIDDEN, "forbidden"),
        **dict.fromkeys(MODES, "done"),
        **{name: name for name in (_MEMORY if is_sharing else ())},
        # One makes calls that no filter sees; the other's flags are where none looks, and the C
        # library knows a kernel without it.
        **dict.fromkeys(("io_uring_setup", "clone3"), "unknown"),
        **{name: name for name in ("clone", "prlimit64", "connect", "socket")},
        "socketpair": "socket",  # two sockets without a name can send to one that has one
    }
    yield _Step(_LOAD, _ARCHITECTURE)
    yield _Step(_EQUAL, ARCHITECTURES[machine], "", "unknown")
    yield _Step(_LOAD, _NUMBER)
    yield _Step(_AT_LEAST, _X32, "unknown")
    for name, place in places.items():
        if name in calls:
            yield _Step(_EQUAL, calls[name], place)
    yield _Step(_RETURN, _ALLOW)


def _of_memory(newest: int) -> Sequence[_Step]:
    """Shared memory is made, attached and removed, and none that was there before.

    PostgreSQL asks for one that exists where its key is taken, and takes another key then.
    """
    return (
        _Step(_LOAD, _THIRD, label="shmget"),
        _Step(_AND, _CREATE_NEW),
        _Step(_EQUAL, _CREATE_NEW, "allow", "refused"),
        _Step(_LOAD, _SECOND, label="shmctl"),
        _Step(_EQUAL, _REMOVE, "", "refused"),
        _Step(_LOAD, _FIRST, label="shmat"),
        _Step(_AT_LEAST, newest + 1, "allow", "refused"),
    )


def _assembled(steps: Sequence[_Step]) -> bytes:
    """The program: instructions of eight bytes (struct sock_filter), the answers at its end."""
    steps = (*steps, *(_Step(_RETURN, value, label=name) for name, value in _ANSWERS.items()))
    places = {step.label: place for place, step in enumerate(steps) if step.label}
    code = b""
    for following, step in enumerate(steps, start=1):
        jumps = (places[to] - following if to else 0 for to in (step.yes, step.no))
        code += struct.pack("=HBBI", step.operation, *jumps, step.value)
    return code
