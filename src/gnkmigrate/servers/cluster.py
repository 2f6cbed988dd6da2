"""The pristine data directory that servers are copied from: initdb runs once for each version."""

import hashlib
import shutil
import tempfile
from pathlib import Path

from gnkmigrate.errors import ServerUnavailable
from gnkmigrate.servers.account import Account
from gnkmigrate.servers.cache import cache_folder, exclusive
from gnkmigrate.servers.uuid_ossp import install as install_uuid_ossp

SUPERUSER = "postgres"

# Nothing survives the server, so nothing is written for safety's sake. What a migration depends
# on stays as PostgreSQL has it. Schemas of ten thousand tables are loaded in one transaction,
# which takes a lock for each. Nothing lies outside of the data directory.
CONFIGURATION = """
listen_addresses = ''
unix_socket_permissions = 0700
fsync = off
synchronous_commit = off
full_page_writes = off
max_wal_size = '512MB'
max_locks_per_transaction = 512
dynamic_shared_memory_type = mmap
timezone = 'UTC'
log_timezone = 'UTC'
"""
AUTHENTICATION = "local all all scram-sha-256\n"
OPTIONS = ("--encoding=UTF8", f"--username={SUPERUSER}", "--auth=reject", "--no-sync")
LOCALES = ("C.UTF-8", "C")  # the first knows the letters of all alphabets; macOS lacks it


def cluster(programs: Path, account: Account) -> Path:
    """The pristine data directory for these programs and this user, made when it is missing.

    Raises:
        ServerUnavailable: initdb fails, or `account` cannot enter the cache.
    """
    cache = cache_folder()
    for folder in (cache, programs):
        if not account.reaches(folder):
            raise ServerUnavailable(
                f"The server's user, {account.name}, cannot enter {folder}.",
                hint="Name a folder that every user can enter in GNKMIGRATE_CACHE_DIR.",
            )
    recipe = hashlib.sha256(repr((CONFIGURATION, AUTHENTICATION, OPTIONS)).encode()).hexdigest()
    folder = cache / f"cluster-{programs.parent.name}-{account.uid}-{recipe[:8]}"
    if not folder.is_dir():
        with exclusive(folder):
            if not folder.is_dir():
                _make(programs, account, folder)
    return folder


def single_user(programs: Path, account: Account, data: Path, statement: str) -> None:
    """Runs one statement on a data directory whose server does not run.

    Raises:
        ServerUnavailable: the statement fails.
    """
    options = ("--single", "-D", str(data), "-c", "exit_on_error=on", "postgres")
    account.run([programs / "postgres", *options], f"{statement}\n")


def _make(programs: Path, account: Account, folder: Path) -> None:
    """Makes it next to `folder`, then renames: it exists whole or not at all."""
    with tempfile.TemporaryDirectory(prefix="initdb-", dir=folder.parent) as name:
        workplace = Path(name)
        account.owns(workplace)
        data = workplace / "data"
        _initdb(programs, account, data)
        with (data / "postgresql.conf").open("a") as configuration:
            configuration.write(CONFIGURATION)
        (data / "pg_hba.conf").write_text(AUTHENTICATION)
        try:
            single_user(programs, account, data, "LOAD 'uuid-ossp'")
        except ServerUnavailable:  # most machines have no libossp-uuid
            install_uuid_ossp(programs.parent / "share" / "extension")
        data.rename(folder)


def _initdb(programs: Path, account: Account, data: Path) -> None:
    for locale in LOCALES:
        try:
            account.run([programs / "initdb", *OPTIONS, f"--locale={locale}", f"--pgdata={data}"])
        except ServerUnavailable:
            if locale == LOCALES[-1]:
                raise
            shutil.rmtree(data, ignore_errors=True)  # initdb removes what it made, if anything
        else:
            return
