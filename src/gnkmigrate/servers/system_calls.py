"""Which calls of the operating system an embedded server cannot make: those that reach another.

Landlock does not know Unix sockets, by which a server of the same user lets this one in (peer
authentication, manual, 20.9). So what a confined process may make are stream sockets of the Unix
family alone, and it cannot connect one: it listens. A filter needs no rights once a process has
given up new ones: https://docs.kernel.org/userspace-api/seccomp_filter.html
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
_NUMBER, _ARCHITECTURE, _FAMILY, _KIND = 0, 4, 16, 24
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


def forbid_connections(system: ctypes.CDLL) -> None:
    """Takes this process, and all that it starts, the means to reach another by a socket.

    To be called once the process cannot gain privileges any more (PR_SET_NO_NEW_PRIVS).

    Args:
        system: the C library.

    Raises:
        OSError: the kernel does not take the filter.
    """
    code = _filter(_MACHINES[platform.machine()])
    program = _Program(len(code) // 8, code)
    if system.prctl(_SET_FILTER, _MODE_FILTER, ctypes.byref(program), 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "the server cannot be confined (seccomp)")


def _filter(machine: _Machine) -> bytes:
    """The program that answers each call: instructions of eight bytes (struct sock_filter)."""
    answers = (_ALLOW, _fail(errno.ENOSYS), _fail(errno.EACCES), _fail(errno.EAFNOSUPPORT))
    allow, unknown, refused, family = range(len(answers))
    # What is compared, with what, and which answer follows if so, or if not; None goes on.
    steps: Sequence[tuple[int, int, int | None, int | None]] = (
        (_LOAD, _ARCHITECTURE, None, None),
        (_EQUAL, machine.architecture, None, unknown),
        (_LOAD, _NUMBER, None, None),
        (_AT_LEAST, _X32, unknown, None),
        (_EQUAL, _IO_URING_SETUP, unknown, None),
        (_EQUAL, machine.connect, refused, None),
        (_EQUAL, machine.socket, None, allow),
        (_LOAD, _FAMILY, None, None),
        (_EQUAL, socket.AF_UNIX, None, family),
        (_LOAD, _KIND, None, None),
        (_AND, _KIND_MASK, None, None),
        (_EQUAL, socket.SOCK_STREAM, allow, family),
    )
    code = b""
    for place, (operation, value, yes, no) in enumerate(steps, start=1):
        jumps = (0 if to is None else len(steps) - place + to for to in (yes, no))
        code += struct.pack("=HBBI", operation, *jumps, value)
    return code + b"".join(struct.pack("=HBBI", _RETURN, 0, 0, each) for each in answers)


def _fail(number: int) -> int:
    return _FAIL | number
