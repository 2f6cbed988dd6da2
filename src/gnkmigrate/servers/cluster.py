"""The pristine data directory that servers are copied from: initdb runs once for each version."""

import hashlib
import shutil
from pathlib import Path

from gnkmigrate.errors import ServerUnavailable
from gnkmigrate.servers import uuid_ossp
from gnkmigrate.servers.account import Account
from gnkmigrate.servers.cache import cache_folder, kept

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
        ServerUnavailable: initdb fails.
    """
    recipe = repr((CONFIGURATION, AUTHENTICATION, OPTIONS, uuid_ossp.contents()))
    made_so = hashlib.sha256(recipe.encode()).hexdigest()[:8]
    name = f"cluster-{programs.parent.name}-{account.uid}-{made_so}"
    return kept(cache_folder() / name, lambda workplace: _make(programs, account, workplace))


def single_user(programs: Path, account: Account, data: Path, statement: str) -> None:
    """Runs one statement on a data directory whose server does not run.

    Raises:
        ServerUnavailable: the statement fails.
    """
    options = ("-c", "exit_on_error=on", "-c", "log_min_error_statement=panic")  # no passwords
    command: list[str | Path] = [
        programs / "postgres",
        "--single",
        "-D",
        str(data),
        *options,
        "postgres",
    ]
    account.run(command, f"{statement}\n")


def _make(programs: Path, account: Account, workplace: Path) -> Path:
    account.take(workplace)
    data = workplace / "data"
    _initdb(programs, account, data)
    with (data / "postgresql.conf").open("a") as configuration:
        configuration.write(CONFIGURATION)
    (data / "pg_hba.conf").write_text(AUTHENTICATION)
    try:
        single_user(programs, account, data, "LOAD 'uuid-ossp'")
    except ServerUnavailable:  # most machines have no libossp-uuid
        uuid_ossp.install(programs.parent / "share" / "extension")
    return data


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
