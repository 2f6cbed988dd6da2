"""The numbers of the operating system's calls that an embedded server's filter speaks of.

For each machine as its asm/unistd.h has them; what came after Linux 5 has one number everywhere.
"""

import platform
from collections.abc import Mapping, Sequence
from types import MappingProxyType

ARCHITECTURES: Mapping[str, int] = MappingProxyType(  # as linux/audit.h numbers them
    {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
)
_MACHINES = tuple(ARCHITECTURES)

# Objects in memory that all processes of a user share, whatever folders they may enter.
_SHARED: Mapping[str, tuple[int | None, int | None]] = {
    "semget": (64, 190),
    "semop": (65, 193),
    "semctl": (66, 191),
    "semtimedop": (220, 192),
    "msgget": (68, 186),
    "msgsnd": (69, 189),
    "msgrcv": (70, 188),
    "msgctl": (71, 187),
    "mq_open": (240, 180),
    "mq_unlink": (241, 181),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
}
# What changes another process of the user.
_PROCESSES: Mapping[str, tuple[int | None, int | None]] = {
    "setpriority": (141, 140),
    "sched_setparam": (142, 118),
    "sched_setscheduler": (144, 119),
    "sched_setaffinity": (203, 122),
    "sched_setattr": (314, 274),
    "ioprio_set": (251, 30),
}
# What gives a process rights in a world of its own.
_NAMESPACES: Mapping[str, tuple[int | None, int | None]] = {
    "unshare": (272, 97),
    "setns": (308, 268),
}
# What changes or watches a file without opening it, which Landlock lets pass.
_FILES: Mapping[str, tuple[int | None, int | None]] = {
    "chown": (92, None),
    "fchown": (93, 55),
    "lchown": (94, None),
    "fchownat": (260, 54),
    "utime": (132, None),
    "utimes": (235, None),
    "futimesat": (261, None),
    "utimensat": (280, 88),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "fremovexattr": (199, 16),
    "setxattrat": (463, 463),
    "removexattrat": (466, 466),
    "file_setattr": (469, 469),
    "inotify_add_watch": (254, 27),
    "fanotify_init": (300, 262),
}
_MODES: Mapping[str, tuple[int | None, int | None]] = {
    "chmod": (90, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
}
_LOOKED_AT: Mapping[str, tuple[int | None, int | None]] = {
    "connect": (42, 203),
    "socket": (41, 198),
    "socketpair": (53, 199),
    "clone": (56, 220),
    "clone3": (435, 435),
    "io_uring_setup": (425, 425),
    "prlimit64": (302, 261),
    "shmget": (29, 194),
    "shmat": (30, 196),
    "shmctl": (31, 195),
}
_ALL = {**_SHARED, **_PROCESSES, **_NAMESPACES, **_FILES, **_MODES, **_LOOKED_AT}

FORBIDDEN: Sequence[str] = (*_SHARED, *_PROCESSES, *_NAMESPACES, *_FILES)
MODES: Sequence[str] = tuple(_MODES)


def is_known() -> bool:
    """Whether this machine's calls are known here."""
    return platform.machine() in ARCHITECTURES


def numbers(machine: str) -> Mapping[str, int]:
    """The calls that a machine has, by name.

    Args:
        machine: as `platform.machine()` names it.
    """
    column = _MACHINES.index(machine)
    return {name: number for name, row in _ALL.items() if (number := row[column]) is not None}
