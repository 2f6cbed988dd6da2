"""Which calls of the operating system an embedded server cannot make: those that reach another.

Landlock does not know Unix sockets, by which a server of the same user lets this one in (peer
authentication, manual, 20.9). So what a confined process may make are stream sockets of the Unix
family alone, and it cannot connect one: it listens. A filter needs no rights once a process has
given up new ones: https://docs.kernel.org/userspace-api/seccomp_filter.html

PostgreSQL 14 sends its statistics to itself by UDP, and waits for them where it cannot. So it may
connect to what has an address as long as those of networks are, by a socket that sends datagrams;
libpq's addresses of Unix sockets are longer.
"""

import ctypes
import errno
import platform
import socket
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

# As linux/prctl.h, linux/seccomp.h, linux/bpf_common.h and linux/audit.h number them.
_SET_FILTER, _MODE_FILTER = 22, 2
_ALLOW, _FAIL = 0x7FFF0000, 0x00050000
_LOAD, _EQUAL, _AT_LEAST, _AND, _RETURN = 0x20, 0x15, 0x35, 0x54, 0x06
# Where in struct seccomp_data stands what; the lower half of an argument comes first.
_NUMBER, _ARCHITECTURE, _FAMILY, _KIND, _LENGTH = 0, 4, 16, 24, 32
_OF_NETWORK, _OF_NETWORK_6 = 16, 28  # bytes of struct sockaddr_in and sockaddr_in6
_X32 = 0x40000000  # the second set of calls that x86_64 has
_IO_URING_SETUP = 425  # the same on all architectures; it makes calls that no filter sees
_KIND_MASK = 0xF  # socket(2): flags stand above


@dataclass(frozen=True)
class _Machine:
    architecture: int
    connect: int
    socket: int


_MACHINES: Mapping[str, _Machine] = MappingProxyType(
    {"x86_64": _Machine(0xC000003E, 42, 41), "aarch64": _Machine(0xC00000B7, 203, 198)}
)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def can_filter() -> bool:
    """Whether this machine's calls are known here."""
    return platform.machine() in _MACHINES


def forbid_connections(system: ctypes.CDLL, *, sends_to_itself: bool) -> None:
    """Takes this process, and all that it starts, the means to reach another by a socket.

    To be called once the process cannot gain privileges any more (PR_SET_NO_NEW_PRIVS).

    Args:
        system: the C library.
        sends_to_itself: whether it is PostgreSQL 14.

    Raises:
        OSError: the kernel does not take the filter.
    """
    machine = _MACHINES[platform.machine()]
    code = _assembled((*_of_all(machine), *(_UDP if sends_to_itself else _NO_UDP)))
    program = _Program(len(code) // 8, code)
    if system.prctl(_SET_FILTER, _MODE_FILTER, ctypes.byref(program), 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "the server cannot be confined (seccomp)")


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
        "no family": _FAIL | errno.EAFNOSUPPORT,
    }
)
_STREAM = (
    _Step(_LOAD, _KIND, label="unix"),
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
    _Step(_LOAD, _KIND),
    _Step(_AND, _KIND_MASK),
    _Step(_EQUAL, socket.SOCK_DGRAM, "allow", "no family"),
    *_STREAM,
    _Step(_LOAD, _LENGTH, label="connect"),
    _Step(_EQUAL, _OF_NETWORK, "allow"),
    _Step(_EQUAL, _OF_NETWORK_6, "allow", "refused"),
)


def _of_all(machine: _Machine) -> Sequence[_Step]:
    """What is asked of every call; of a new socket its family is looked at last."""
    return (
        _Step(_LOAD, _ARCHITECTURE),
        _Step(_EQUAL, machine.architecture, "", "unknown"),
        _Step(_LOAD, _NUMBER),
        _Step(_AT_LEAST, _X32, "unknown"),
        _Step(_EQUAL, _IO_URING_SETUP, "unknown"),
        _Step(_EQUAL, machine.connect, "connect"),
        _Step(_EQUAL, machine.socket, "", "allow"),
        _Step(_LOAD, _FAMILY),
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
