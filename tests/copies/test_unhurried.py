"""On a throwaway server nobody has to be spared."""

from gnkmigrate.copies.unhurried import unhurried
from gnkmigrate.settings import LimitSettings, Settings

SLOW = LimitSettings(dry_run_rows=10, throttle=3, wal_mb_per_s=1, pause_while="SELECT true")


def test_nothing_waits_for_an_application() -> None:
    limits = unhurried(Settings(limits=SLOW), 16).limits
    assert (limits.throttle, limits.wal_mb_per_s, limits.pause_while) == (0, None, None)
    assert limits.dry_run_rows > 2**60


def test_further_servers_are_of_the_same_release() -> None:
    assert unhurried(Settings(), 17).server.major == 17


def test_a_key_is_made_up_where_there_is_none() -> None:
    mine = Settings(encryption_key_command=("pass", "show", "key"))
    assert unhurried(mine, 16).encryption_key_command == ("pass", "show", "key")
    made = [unhurried(Settings(), 16).encryption_key_command for _ in range(2)]
    assert all(made)
    assert made[0] != made[1]
