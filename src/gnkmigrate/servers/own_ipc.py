"""Shared memory of its own for an embedded server: it cannot attach that of its user's others.

System V shared memory, semaphores and message queues belong to a user and not to a folder, so
Landlock does not know them: whoever runs code in one server reads and writes the memory of the
user's next. A namespace of its own (manual page ipc_namespaces) has nothing of others in it. Root
may make one; everybody else only together with a user namespace, which some systems refuse.
There the filter of system calls lets a server attach nothing that was there before it.
"""

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager

_NEW_IPC, _NEW_USER = 0x08000000, 0x10000000  # as linux/sched.h numbers them
_PRIVATE, _REMOVE, _MODE = 0, 0, 0o600  # as linux/ipc.h does
_CURRENT = "/proc/thread-self/ns/ipc"


@contextmanager
def namespace_of_root(system: ctypes.CDLL) -> Iterator[bool]:
    """Processes that this thread starts within the block have a namespace of their own.

    A namespace belongs to a thread, so no other one of this process notices.

    Args:
        system: the C library.

    Yields:
        Whether it is so: the system allows it to root alone, and in a container seldom to root.

    Raises:
        OSError: the thread does not get back into its namespace.
    """
    try:
        before = os.open(_CURRENT, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:  # no /proc: there would be no way back
        yield False
        return
    try:
        if system.unshare(_NEW_IPC) != 0:
            yield False
            return
        try:
            yield True
        finally:
            if system.setns(before, _NEW_IPC) != 0:
                raise OSError(ctypes.get_errno(), "setns")
    finally:
        os.close(before)


def leave_with_new_user(system: ctypes.CDLL) -> bool:
    """Gives this process, which has one thread, a namespace without being root, if it may.

    No user is mapped: the process and its files belong to nobody then as it sees them, and to
    whom they did as all others do. Its rights over the namespace end with the next program.
    """
    return bool(system.unshare(_NEW_USER | _NEW_IPC) == 0)


def newest_shared_memory(system: ctypes.CDLL) -> int:
    """A number that every shared memory made from now on is above: they are given out in order.

    The order begins anew after some million; a server that meets that does not start once.

    Raises:
        OSError: the system has no room for another.
    """
    number: int = system.shmget(_PRIVATE, 1, _MODE)
    if number < 0:
        raise OSError(ctypes.get_errno(), "shmget")
    system.shmctl(number, _REMOVE, None)
    return number
